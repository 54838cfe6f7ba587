import type { LinkEvent } from '../machines/events.ts';
import type { LinkPort } from '../machines/ports.ts';
import type { Classifier, Observed } from '../machines/verdict.ts';
import type { CredentialDesk } from './credential.ts';
import { describe } from './describe.ts';
import type { Dialect } from './dialect/dialect.ts';
import type { Link, LinkSession, LinkSink } from './link/link.ts';
import type { Problems } from './problems.ts';

interface LineOptions {
  readonly link: Link;
  readonly desk: CredentialDesk;
  readonly dialect: Dialect;
  readonly classify: Classifier;
  readonly problems: Pick<Problems, 'caught'>;
  readonly send: (event: LinkEvent) => void;
  readonly deliver: (event: string, args: readonly unknown[], replayed: boolean) => void;
}

/** The link as the machine sees it, and the session of the current identity as the rest of `src/` sees it. */
export interface Line extends LinkPort {
  session(): LinkSession | null;
  /** Resolves when every session that was ever opened has let go of its handles. */
  closed(): Promise<void>;
}

/**
 * Stands between the machine and the link: one session an identity (LK-1), what the link observes is judged on its
 * way in, and a link that throws fails the attempt instead of the machine (LC-13).
 */
export function createLine(options: LineOptions): Line {
  let current: { identity: string; session: LinkSession; sink: LinkSink } | null = null;
  let wanted: string | null = null;
  const closing = new Set<Promise<void>>();

  function attempt(epoch: number, what: string, act: (session: LinkSession) => void): void {
    try {
      if (current === null) throw new Error('there is no session');
      act(current.session);
    } catch (thrown) {
      options.problems.caught(`the link in ${what}`)(thrown);
      const message = `the link threw in ${what}: ${describe(thrown)}`;
      const verdict = options.classify(options.desk.redact({ during: 'failed', message }));
      options.send({ type: 'link.failed', epoch, verdict });
    }
  }

  function close(): void {
    wanted = null;
    if (current === null) return;
    const { session } = current;
    current = null;
    const closed = (async () => session.close())()
      .catch(options.problems.caught('the link in close'))
      .finally(() => closing.delete(closed));
    closing.add(closed);
  }

  function open(identity: string): void {
    if (current?.identity === identity) return;
    close();
    wanted = identity;
    try {
      const sink = createSink(options, () => current?.sink === sink);
      current = { identity, session: options.link.open(identity, sink), sink };
    } catch (thrown) {
      // The dial that follows finds no session and fails as an attempt.
      options.problems.caught('the link in open')(thrown);
    }
  }

  return {
    open,
    dial(epoch) {
      // A link that could not be opened for one attempt may be for the next.
      if (current === null && wanted !== null) open(wanted);
      attempt(epoch, 'dial', (session) => session.dial(epoch));
    },
    authenticate: (epoch) =>
      attempt(epoch, 'authenticate', (session) => session.authenticate(epoch, options.desk.take(epoch))),
    hangUp(epoch) {
      try {
        current?.session.hangUp(epoch, { keepSession: false });
      } catch (thrown) {
        options.problems.caught('the link in hangUp')(thrown);
      }
    },
    close,
    session: () => current?.session ?? null,
    closed: async () => {
      await Promise.all(closing);
    },
  };
}

/** Turns what a session says into events. The server's last word is kept for the loss that it explains (RE-7). */
function createSink(
  { send, deliver, dialect, problems, ...judges }: LineOptions,
  isCurrent: () => boolean,
): LinkSink {
  let lastWord: { epoch: number; bye: unknown } | null = null;
  // What a server says may echo the credential (CR-12).
  const judge = (observed: Observed) => judges.classify(judges.desk.redact(observed));
  const explained = (epoch: number, observed: Observed): Observed =>
    lastWord?.epoch === epoch ? { ...observed, bye: lastWord.bye } : observed;

  function readBye(event: string, args: readonly unknown[]): unknown {
    try {
      return dialect.readBye(event, args);
    } catch (thrown) {
      problems.caught('`dialect.readBye`')(thrown);
      return undefined;
    }
  }

  return {
    opened: (epoch, { recovered }) => send({ type: 'link.opened', epoch, recovered }),
    refused: (epoch, observed) => send({ type: 'link.refused', epoch, verdict: judge(observed) }),
    failed: (epoch, observed) => send({ type: 'link.failed', epoch, verdict: judge(observed) }),
    lost: (epoch, observed) => send({ type: 'link.lost', epoch, verdict: judge(explained(epoch, observed)) }),
    received(epoch, event, args, replayed) {
      // Nothing of one user reaches another, not even from a link that talks after its end (ID-1).
      if (!isCurrent()) return;
      const bye = readBye(event, args);
      // What is sent again was said about a link that is gone.
      if (bye !== undefined && !replayed) lastWord = { epoch, bye };
      deliver(event, args, replayed);
    },
  };
}
