import type { Status } from '../status.ts';

/** A status in short, for stories: `reconnecting.waiting, attempt 2, network`. */
export function tell(status: Status): string {
  const parts = [
    'phase' in status ? `${status.state}.${status.phase}` : status.state,
    'identity' in status ? status.identity : status.reason,
    'attempt' in status ? `attempt ${status.attempt}` : '',
    'cause' in status ? status.cause.code : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
