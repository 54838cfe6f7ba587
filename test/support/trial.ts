import { onTestFinished } from 'vitest';
import type { Auth, Link, LinkSession } from '../../src/link/link.ts';
import { Secret } from '../../src/secret.ts';
import { RecordingSink } from './recording-sink.ts';

/** A link with one session under test, and everything closed when the test ends. */
export interface Trial {
  readonly session: LinkSession;
  readonly sink: RecordingSink;
  /** Dials and hands over the credential at once. */
  attempt(epoch: number, auth?: Auth | null): void;
}

export function trial(link: Link, identity = 'alice'): Trial {
  const sink = new RecordingSink();
  const session = use(link.open(identity, sink));
  return {
    session,
    sink,
    attempt(epoch, auth = { token: 'a-good-token' }) {
      session.dial(epoch);
      session.authenticate(epoch, auth === null ? null : new Secret(auth));
    },
  };
}

/** Closes it when the test ends, last come first. */
export function use<T extends { close(): Promise<void> }>(resource: T): T {
  onTestFinished(() => resource.close());
  return resource;
}

/**
 * Lets everything that is under way arrive: what was sent over the loopback is told within a few turns of the loop.
 * For asserting that nothing comes, never for waiting until something does.
 */
export function quiet(ms = 60): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
