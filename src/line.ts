import type { LinkEvent, RenewalEvent } from '../machines/events.ts';
import type { LinkPort } from '../machines/ports.ts';
import type { Classifier, Observed, Verdict } from '../machines/verdict.ts';
import { CredentialDesk } from './credential.ts';
import { describe } from './describe.ts';
import type { AnyDialect, LogReading } from './dialect/dialect.ts';
import type { Inbox } from './inbox.ts';
import type { Auth, Link, LinkSession, LinkSink } from './link/link.ts';
import type { Settings } from './options.ts';
import type { Problems } from './problems.ts';
import { renewOnLink } from './renew.ts';
import { Secret } from './secret.ts';
import { without } from './without.ts';

interface LineParts extends Pick<Settings, 'deadlines'> {
  readonly link: Link;
  readonly desk: CredentialDesk;
  readonly dialect: AnyDialect;
  readonly classify: Classifier;
  readonly problems: Problems;
  readonly machine: { send(event: LinkEvent): void };
  readonly inbox: Pick<Inbox, 'deliver'>;
}

/**
 * Stands between the machine and the link: one session an identity (LK-1), what the link observes is judged on its
 * way in, and a link that throws fails the attempt instead of the machine (LC-13).
 */
export class Line implements LinkPort {
  readonly #parts: LineParts;
  /** Whose session it is, or is to be. */
  #identity: string | null = null;
  #session: LinkSession | null = null;
  #sink: LinkSink | null = null;
  #closing: readonly Promise<void>[] = nothing;
  /** What is said in the handshake beside the credential; nothing unless somebody says so (RM-4). */
  greet: (() => Auth) | null = null;
  /** A probe waits for a sign of life, and any message is one. */
  #heard: (() => void) | null = null;

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  open(identity: string): void {
    if (this.#session !== null && this.#identity === identity) return;
    this.close();
    this.#identity = identity;
    try {
      const sink: LinkSink = new Sink(this.#parts, this);
      this.#session = this.#parts.link.open(identity, sink);
      this.#sink = sink;
    } catch (thrown) {
      // The dial that follows finds no session and fails as an attempt.
      this.#parts.problems.caught('the link in open', thrown);
    }
  }

  dial(epoch: number): void {
    // A link that could not be opened for one attempt may be for the next.
    if (this.#session === null && this.#identity !== null) this.open(this.#identity);
    this.#attempt(epoch, 'dial', (session) => session.dial(epoch));
  }

  authenticate(epoch: number): void {
    this.#attempt(epoch, 'authenticate', (session) => {
      const auth = CredentialDesk.take(this.#parts.desk, epoch);
      const greeting = this.greet?.();
      const whole = greeting === undefined ? auth : new Secret({ ...auth?.expose(), ...greeting });
      session.authenticate(epoch, whole);
    });
  }

  renew(epoch: number, settle: (event: RenewalEvent) => void): () => void {
    const link = this.#session;
    const auth = CredentialDesk.take(this.#parts.desk, epoch);
    if (link === null || auth === null) return () => {};
    const timeout = this.#parts.deadlines.handshake;
    return renewOnLink({ ...this.#parts, link, auth, epoch, timeout }, settle);
  }

  hangUp(epoch: number): void {
    this.#hangUp(epoch, false);
  }

  suspend(epoch: number): void {
    this.#hangUp(epoch, true);
  }

  close(): void {
    const session = this.#session;
    this.#identity = null;
    this.#session = null;
    this.#sink = null;
    if (session === null) return;
    const closed = (async () => session.close())()
      .catch((thrown) => this.#parts.problems.caught('the link in close', thrown))
      .finally(() => {
        this.#closing = without(this.#closing, closed);
      });
    this.#closing = [...this.#closing, closed];
  }

  /** Calls it for every message that comes in, until the returned function is called; one listener at a time (EN-2). */
  listen(heard: () => void): () => void {
    this.#heard = heard;
    return () => {
      if (this.#heard === heard) this.#heard = null;
    };
  }

  /** Whether a message from there is one of the current session. */
  hears(sink: LinkSink): boolean {
    if (this.#sink !== sink) return false;
    this.#heard?.();
    return true;
  }

  /** The session of the current identity, as the rest of `src/` sees it. */
  session(): LinkSession | null {
    return this.#session;
  }

  /** Resolves when every session that was ever opened has let go of its handles. */
  async closed(): Promise<void> {
    await Promise.all(this.#closing);
  }

  #hangUp(epoch: number, keepSession: boolean): void {
    try {
      this.#session?.hangUp(epoch, { keepSession });
    } catch (thrown) {
      this.#parts.problems.caught('the link in hangUp', thrown);
    }
  }

  #attempt(epoch: number, what: string, act: (session: LinkSession) => void): void {
    const { problems, classify, desk, machine } = this.#parts;
    try {
      if (this.#session === null) throw new Error('there is no session');
      act(this.#session);
    } catch (thrown) {
      problems.caught(`the link in ${what}`, thrown);
      const message = `the link threw in ${what}: ${describe(thrown)}`;
      const verdict = classify(desk.redact({ during: 'failed', message }));
      machine.send({ type: 'link.failed', epoch, verdict });
    }
  }
}

const nothing: readonly Promise<void>[] = [];

/** Turns what a session says into events. The server's last word is kept for the loss that it explains (RE-7). */
class Sink implements LinkSink {
  readonly #parts: LineParts;
  readonly #line: Line;
  #lastWord: { readonly epoch: number; readonly bye: unknown } | null = null;

  constructor(parts: LineParts, line: Line) {
    this.#parts = parts;
    this.#line = line;
  }

  opened(epoch: number, { recovered }: { readonly recovered: boolean }): void {
    this.#parts.machine.send({ type: 'link.opened', epoch, recovered });
  }

  refused(epoch: number, observed: Observed): void {
    this.#parts.machine.send({ type: 'link.refused', epoch, verdict: this.#judge(observed) });
  }

  failed(epoch: number, observed: Observed): void {
    this.#parts.machine.send({ type: 'link.failed', epoch, verdict: this.#judge(observed) });
  }

  lost(epoch: number, observed: Observed): void {
    const explained = this.#lastWord?.epoch === epoch ? { ...observed, bye: this.#lastWord.bye } : observed;
    this.#parts.machine.send({ type: 'link.lost', epoch, verdict: this.#judge(explained) });
  }

  received(epoch: number, event: string, args: readonly unknown[], replayed: boolean): void {
    // Nothing of one user reaches another, not even from a link that talks after its end (ID-1).
    if (!this.#line.hears(this)) return;
    const bye = this.#readBye(event, args);
    // What is sent again was said about a link that is gone.
    if (bye !== undefined && !replayed) this.#lastWord = { epoch, bye };
    const { dialect, inbox } = this.#parts;
    const reading = dialect.read === undefined ? null : this.#read(event, args);
    if (reading === null) inbox.deliver(event, args, replayed);
    else if (reading !== 'ours') inbox.deliver(event, reading.args, replayed, reading.place);
  }

  #read(event: string, args: readonly unknown[]): LogReading | 'ours' | null {
    try {
      return this.#parts.dialect.read?.(event, args) ?? null;
    } catch (thrown) {
      this.#parts.problems.caught('`dialect.read`', thrown);
      return null;
    }
  }

  /** What a server says may echo the credential (CR-12). */
  #judge(observed: Observed): Verdict {
    return this.#parts.classify(this.#parts.desk.redact(observed));
  }

  #readBye(event: string, args: readonly unknown[]): unknown {
    try {
      return this.#parts.dialect.readBye(event, args);
    } catch (thrown) {
      this.#parts.problems.caught('`dialect.readBye`', thrown);
      return undefined;
    }
  }
}
