import type { Observed } from '../../machines/verdict.ts';
import { type Auth, type Link, LinkCallError, type LinkSession, type LinkSink } from '../link/link.ts';
import type { Handshake, ServerBehaviour } from './server.ts';

/** What the network does to whatever is sent. `silent` swallows everything: a black hole, a half-open link. */
export type Network = 'up' | 'slow' | 'down' | 'silent';

/** What the simulated link needs of its world. */
export interface LinkWorld {
  /** Whether the server takes this token for this identity. */
  isGood(token: unknown, identity: string): boolean;
  network(): Network;
  server(): ServerBehaviour;
  /** Does something after a delay in virtual ms. */
  defer(label: string, ms: number, act: () => void): void;
  /** An attempt begins; false when there are so many that nothing may come of it. */
  onDial(): boolean;
  /** A credential gets to the server. */
  onPresented(identity: string, token: unknown): void;
  /** The server says no to a credential. */
  onRefused(token: unknown, observed: Observed): void;
  /** A link may tell what happens to an attempt that is over; the machine must not mind. */
  readonly isRude: boolean;
}

/** A simulated link, and the hands of the world on its open ends. */
export interface SimulatedLink {
  readonly link: Link;
  /** Attempts and links that are not over. */
  live(): readonly LiveAttempt[];
  /** Dials so far. */
  dials(): number;
  /** Ends what is open, as the client sees it. */
  cut(observed?: Partial<Observed>): void;
  /** The server sends an event on what is open. */
  say(event: string, ...args: unknown[]): void;
}

export interface LiveAttempt {
  readonly epoch: number;
  readonly identity: string;
  readonly isOpen: boolean;
}

interface Attempt extends LiveAttempt {
  isOpen: boolean;
  isOver: boolean;
  isThrough: boolean;
  isSent: boolean;
  auth: Auth | null | undefined;
  readonly sink: LinkSink;
}

const latency: Record<'up' | 'slow', number> = { up: 1, slow: 700 };

/** How long a silent network takes to be noticed: Socket.IO's default ping interval and timeout. */
const pingTimeout = 45_000;

export function createSimulatedLink(world: LinkWorld): SimulatedLink {
  const attempts = new Set<Attempt>();
  let dials = 0;

  function over(attempt: Attempt): void {
    attempt.isOver = true;
    attempts.delete(attempt);
  }

  /** Tells the sink unless the attempt is over; a rude link tells all the same. */
  function tell(attempt: Attempt, say: (sink: LinkSink) => void): void {
    if (!attempt.isOver || world.isRude) say(attempt.sink);
  }

  function fail(attempt: Attempt, observed: Partial<Observed>): void {
    tell(attempt, (sink) => sink.failed(attempt.epoch, { during: 'failed', message: 'no way', ...observed }));
    over(attempt);
  }

  function cut(attempt: Attempt, observed: Partial<Observed> = {}): void {
    if (!attempt.isOpen) {
      fail(attempt, { reason: 'transport close', ...observed });
      return;
    }
    tell(attempt, (sink) =>
      sink.lost(attempt.epoch, { during: 'lost', message: 'lost', reason: 'transport close', ...observed }),
    );
    over(attempt);
  }

  function dial(attempt: Attempt): void {
    const network = world.network();
    if (!world.onDial() || network === 'silent') return;
    if (network === 'down') {
      world.defer('the network refuses', 1, () => fail(attempt, { systemCode: 'ENETUNREACH' }));
      return;
    }
    world.defer('the transport opens', latency[network], () => {
      attempt.isThrough = true;
      handshake(attempt);
    });
  }

  function handshake(attempt: Attempt): void {
    if (attempt.isOver || attempt.isSent || !attempt.isThrough || attempt.auth === undefined) return;
    attempt.isSent = true;
    const network = world.network();
    if (network === 'silent' || network === 'down') return;
    const token = attempt.auth?.['token'];
    world.defer('the handshake arrives', latency[network], () => {
      if (attempt.isOver) return;
      world.onPresented(attempt.identity, token);
      world.server().onHandshake(handsOn(attempt, token));
    });
  }

  function handsOn(attempt: Attempt, token: unknown): Handshake {
    return {
      identity: attempt.identity,
      token,
      isGood: world.isGood(token, attempt.identity),
      accept({ recovered = false } = {}) {
        if (attempt.isOpen || (attempt.isOver && !world.isRude)) return;
        attempt.isOpen = !attempt.isOver;
        tell(attempt, (sink) => sink.opened(attempt.epoch, { recovered }));
      },
      refuse(data, message = 'no') {
        const observed: Observed = { during: 'refused', message, data };
        // Whoever hung up was not told: to them the credential is as good as before.
        if (!attempt.isOver) world.onRefused(token, observed);
        tell(attempt, (sink) => sink.refused(attempt.epoch, observed));
        over(attempt);
      },
      cut: (observed) => cut(attempt, observed),
      say: (event, payload) => tell(attempt, (sink) => sink.received(attempt.epoch, event, [payload], false)),
      later: (ms, act) => world.defer('the server comes back to it', ms, act),
    };
  }

  function open(identity: string, sink: LinkSink): LinkSession {
    let current: Attempt | null = null;

    function end(): void {
      if (current !== null) over(current);
      current = null;
    }

    return {
      dial(epoch) {
        end();
        dials += 1;
        current = {
          epoch,
          identity,
          sink,
          isOpen: false,
          isOver: false,
          isThrough: false,
          isSent: false,
          auth: undefined,
        };
        attempts.add(current);
        dial(current);
      },
      authenticate(epoch, auth) {
        if (current?.epoch !== epoch || current.auth !== undefined) return;
        current.auth = auth === null ? null : auth.expose();
        handshake(current);
      },
      hangUp(epoch) {
        if (current?.epoch === epoch) end();
      },
      emit: () => current?.isOpen === true,
      call(event, args, timeout) {
        const attempt = current;
        if (attempt?.isOpen !== true) return Promise.reject(new LinkCallError('not-open'));
        return new Promise((resolve, reject) => {
          world.defer(`the server answers ${event}`, 1, () => {
            if (attempt.isOver) reject(new LinkCallError('lost'));
            else if (world.network() === 'up' || world.network() === 'slow') resolve(args[0]);
            else world.defer('no answer', timeout, () => reject(new LinkCallError('timeout')));
          });
        });
      },
      async close() {
        end();
      },
    };
  }

  return {
    link: { open },
    live: () => [...attempts],
    dials: () => dials,
    cut(observed) {
      for (const attempt of [...attempts]) cut(attempt, observed);
    },
    say(event, ...args) {
      for (const attempt of attempts) {
        if (attempt.isOpen) tell(attempt, (sink) => sink.received(attempt.epoch, event, args, false));
      }
    },
  };
}

/** How a silent network ends an open link, when nothing else does. */
export function noticeSilence(link: SimulatedLink, world: Pick<LinkWorld, 'defer' | 'network'>): void {
  world.defer('the ping goes unanswered', pingTimeout, () => {
    if (world.network() === 'silent') link.cut({ reason: 'ping timeout' });
  });
}
