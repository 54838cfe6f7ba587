import type { Status } from 'holdfast';

/** A status in one line, for people who want to see each step. */
export function sayingOf(status: Status): string {
  switch (status.state) {
    case 'idle':
      return `idle: ${status.reason}`;
    case 'authenticating':
      return status.phase === 'credential'
        ? 'connecting: asks for a credential'
        : 'connecting: asks the server';
    case 'connected':
      return status.phase === 'live' ? 'connected' : 'connected: restores rooms and messages';
    case 'reconnecting':
      return outageSaying(status);
    case 'auth-failed':
      return `auth-failed: ${status.cause.message}`;
    case 'exhausted':
      return `exhausted: gave up after ${status.attempts} attempts`;
  }
}

function outageSaying(status: Extract<Status, { state: 'reconnecting' }>): string {
  const { phase, attempt, retryAt, cause } = status;
  switch (phase) {
    case 'waiting': {
      const wait =
        retryAt === null ? 'the last wait' : `in ${Math.max(0, Math.round(retryAt - Date.now()))} ms`;
      return `reconnecting: ${cause.message}; attempt ${attempt} ${wait}`;
    }
    case 'offline':
      return 'reconnecting: offline, waits for the network';
    case 'credential':
      return `attempt ${attempt}: asks for a credential (${cause.code})`;
    case 'handshake':
      return `attempt ${attempt}: asks the server`;
  }
}
