import type { Observed } from '../../../machines/verdict.ts';
import { type Auth, LinkCallError, type LinkSession, type LinkSink } from '../../link/link.ts';
import { Secret } from '../../secret.ts';
import type { LinkUnderTest, ServerHands } from './port.ts';

/** One thing that every link does, played on a scene of its own. */
export interface Play {
  readonly name: string;
  readonly clauses: readonly string[];
  play(scene: Scene): Promise<void>;
}

export interface Heard {
  readonly kind: 'opened' | 'refused' | 'failed' | 'lost' | 'received';
  readonly epoch: number;
  readonly observed?: Observed;
  readonly recovered?: boolean;
  readonly event?: string;
  readonly args?: readonly unknown[];
  readonly replayed?: boolean;
}

/** One session, everything it told, and how to wait for more. What does not hold is thrown, with the story. */
export class Scene {
  readonly server: ServerHands;
  readonly session: LinkSession;
  readonly heard: Heard[] = [];
  /** Called for each word, inside the telling. */
  react: (heard: Heard) => void = () => {};
  readonly #subject: LinkUnderTest;

  constructor(subject: LinkUnderTest) {
    this.#subject = subject;
    this.server = subject.server;
    this.session = this.another('alice', (heard) => {
      this.heard.push(heard);
      this.react(heard);
    });
  }

  /** One more session of the same link. */
  another(identity: string, note: (heard: Heard) => void): LinkSession {
    return this.#subject.link.open(identity, sinkInto(note));
  }

  /** Dials and hands over the credential at once. */
  attempt(epoch: number, auth: Auth | null = goodAuth): void {
    this.session.dial(epoch);
    this.session.authenticate(epoch, auth === null ? null : new Secret(auth));
  }

  /** An accepted link, seen from both ends. */
  async opened(epoch: number): Promise<void> {
    this.attempt(epoch);
    await this.until(`opened ${epoch}`, () => this.told().includes(`opened ${epoch}`));
    await this.until('the server has accepted it', () => this.server.accepted() === 1);
  }

  /** An attempt that the server leaves without an answer. */
  async hanging(epoch: number): Promise<void> {
    const before = this.server.presented().length;
    this.server.next('hang');
    this.attempt(epoch);
    await this.until('the handshake hangs', () => this.server.presented().length === before + 1);
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    for (let waited = 0; !isSo(); waited += step) {
      if (waited > patience) this.#wrong(`not within ${patience} ms: ${what}`);
      await this.#subject.pass(step);
    }
  }

  /** Waits for the last of these words, then a while for more, and wants exactly these. */
  async untilTold(...words: readonly string[]): Promise<void> {
    await this.until(words.join(', '), () => this.told().length >= words.length);
    await this.quiet();
    this.expectTold(...words);
  }

  /** Long enough for whatever is under way to arrive. Only for asserting that nothing comes. */
  async quiet(): Promise<void> {
    for (let waited = 0; waited < silence; waited += step) await this.#subject.pass(step);
  }

  /** The server sees no connection any more. */
  async nothingLeft(): Promise<void> {
    await this.until('no connection is left', () => this.server.connections() === 0);
  }

  /** What was told, in short: `opened 1`, `received 1 chat`. */
  told(): readonly string[] {
    return this.heard.map(({ kind, epoch, event }) =>
      event === undefined ? `${kind} ${epoch}` : `${kind} ${epoch} ${event}`,
    );
  }

  expectTold(...words: readonly string[]): void {
    this.expectSame(this.told(), words, 'what the link told');
  }

  expectSame(actual: unknown, expected: unknown, what: string): void {
    const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (is !== should) this.#wrong(`${what}: ${is} instead of ${should}`);
  }

  expectThat(holds: boolean, what: string): void {
    if (!holds) this.#wrong(what);
  }

  /** A call must end without an answer, for this reason. */
  async expectNoAnswer(call: Promise<unknown>, reason: LinkCallError['reason']): Promise<void> {
    let end: unknown = 'nothing yet';
    call.then(
      (answer) => {
        end = `the answer ${JSON.stringify(answer)}`;
      },
      (thrown) => {
        end = thrown instanceof LinkCallError ? thrown.reason : `no LinkCallError: ${thrown}`;
      },
    );
    await this.until('the call has settled', () => end !== 'nothing yet');
    this.expectSame(end, reason, 'how the call ended');
  }

  #wrong(what: string): never {
    throw new Error(`${what}\nThe link told: ${JSON.stringify(this.heard)}`);
  }
}

export const goodAuth: Auth = { token: 'a-good-token', device: 7 };

const step = 5;
const patience = 5_000;
const silence = 40;

function sinkInto(note: (heard: Heard) => void): LinkSink {
  return {
    opened: (epoch, { recovered }) => note({ kind: 'opened', epoch, recovered }),
    refused: (epoch, observed) => note({ kind: 'refused', epoch, observed }),
    failed: (epoch, observed) => note({ kind: 'failed', epoch, observed }),
    lost: (epoch, observed) => note({ kind: 'lost', epoch, observed }),
    received: (epoch, event, args, replayed) => note({ kind: 'received', epoch, event, args, replayed }),
  };
}
