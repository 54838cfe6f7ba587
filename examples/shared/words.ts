import type { Status } from 'holdfast';

/** A status for people, with the reason. */
export function words(status: Status): string {
  switch (status.state) {
    case 'idle':
      return `not connected (${status.reason})`;
    case 'authenticating':
      return `signing in as ${status.identity}`;
    case 'connected':
      return `connected as ${status.identity}`;
    case 'reconnecting':
      return `reconnecting, attempt ${status.attempt}: ${status.cause.message}`;
    case 'auth-failed':
      return `sign-in failed: ${status.cause.message}`;
    case 'exhausted':
      return `gave up after ${status.attempts} attempts: ${status.cause.message}`;
  }
}
