import { type Connection, type ConnectionOptions, createConnection } from '../../src/index.ts';
import type { Link, LinkSink } from '../../src/link/link.ts';
import { type Command, perform, type Stage } from '../../src/testing/commands.ts';
import { type ServerBehaviour, tell, type World } from '../../src/testing/index.ts';

/** What happened, in order, as the client and the server saw it; `at` is virtual time. */
export interface Entry {
  readonly at: number;
  readonly words: string;
}

/** Sent by the real server on every link, so that Socket.IO has a mark to recover from. No part of the story. */
export const markEvent = 'mark';

export type ChronicleOptions = Pick<
  ConnectionOptions,
  'reconnect' | 'credentialTimeout' | 'handshakeTimeout'
>;

/** A connection in some world, and everything that can be seen of it from both ends. */
export class Chronicle {
  readonly entries: Entry[] = [];
  /** How promises ended: apart, since nobody promised when within a turn they settle. */
  readonly promises: string[] = [];
  readonly world: World;
  readonly connection: Connection;
  readonly #stage: Stage;
  readonly #reactions: (() => void)[] = [];

  /** `options` are those of the world's connection beside the link, the clock and the provider. */
  constructor(world: World, options: ChronicleOptions) {
    this.world = watchServer(world, (words) => this.note(words));
    const { link, credential, ...host } = world.options();
    this.connection = createConnection({
      ...options,
      ...host,
      link: watchLink(link, (words) => this.note(words)),
      credential: (request) => {
        const { identity, reason, attempt, forceRefresh } = request;
        this.note(`the provider is asked: ${[identity, reason, attempt, forceRefresh].join(', ')}`);
        return credential === false ? null : credential(request);
      },
    });
    this.connection.status$.subscribe((status) => {
      const isBack = status.state === 'connected' && status.recovered ? ', recovered' : '';
      this.note(`status: ${tell(status)}${isBack}`);
    });
    this.connection.subscribe(() => this.#reactions.shift()?.());
    this.#stage = {
      connection: this.connection,
      world: this.world,
      expect: (promise) => {
        promise.then(
          () => this.promises.push('kept'),
          (thrown) => this.promises.push(`broken: ${thrown.code}`),
        );
      },
      // Not among what both worlds can do: the real server of the agreement keeps no messages.
      send: () => {},
      join: () => {},
      leave: () => {},
      signOut: () => this.connection.signOut(),
      subscribe: (and) => {
        this.#reactions.push(() => {
          if (and === 'throw') throw new Error('a subscriber with a defect');
          if (and !== 'disconnect') this.world.userActed();
          this.connection[and]();
        });
      },
    };
  }

  perform(command: Command): Promise<void> {
    return perform(command, this.#stage);
  }

  note(words: string): void {
    this.entries.push({ at: this.world.clock.elapsed(), words });
  }
}

function watchLink(link: Link, note: (words: string) => void): Link {
  return {
    open(identity, sink) {
      const told = (words: string, epoch: number) => note(`${identity}'s link: ${words} ${epoch}`);
      const watched: LinkSink = {
        opened(epoch, details) {
          told(details.recovered ? 'opened, recovered' : 'opened', epoch);
          sink.opened(epoch, details);
        },
        refused(epoch, observed) {
          told('refused', epoch);
          sink.refused(epoch, observed);
        },
        failed(epoch, observed) {
          told('failed', epoch);
          sink.failed(epoch, observed);
        },
        lost(epoch, observed) {
          told('lost', epoch);
          sink.lost(epoch, observed);
        },
        received(epoch, event, args, replayed) {
          if (event === markEvent) return;
          told(`received ${JSON.stringify([event, ...args, replayed])}`, epoch);
          sink.received(epoch, event, args, replayed);
        },
      };
      return link.open(identity, watched);
    },
  };
}

/** The same world, but what its server sees is noted. */
function watchServer(world: World, note: (words: string) => void): World {
  const watch = (behaviour: ServerBehaviour): ServerBehaviour => ({
    name: behaviour.name,
    onHandshake(handshake) {
      note(`the server is shown ${handshake.token}`);
      behaviour.onHandshake(handshake);
    },
    onMessage({ event, args, answer }) {
      note(`the server hears ${JSON.stringify([event, ...args])}`);
      answer(args[0]);
    },
  });
  world.server = watch(world.server);
  return new Proxy(world, {
    set(target, key, value) {
      return Reflect.set(target, key, key === 'server' ? watch(value) : value);
    },
  });
}
