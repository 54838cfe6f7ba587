import type { Opening } from './wire/handshake.ts';
import type { Received } from './wire/raw-socket.ts';
import type { HttpAnswer, HttpOutcome } from './wire/request.ts';
import type { UpgradeOutcome } from './wire/upgrade.ts';

/** What a first request by polling brought. */
export interface SeenByPolling {
  readonly outcome: HttpOutcome;
  readonly opening: Opening;
}

/** What asking for a WebSocket brought. `first` is the first message, where one was opened. */
export interface SeenByWebSocket {
  readonly outcome:
    | Exclude<UpgradeOutcome, { kind: 'open' }>
    | { readonly kind: 'open'; readonly first: Received };
  readonly opening: Opening;
}

export interface Greeted {
  readonly polling: SeenByPolling;
  readonly websocket: SeenByWebSocket;
}

/** The value of a header, several joined as a browser would see them. */
export function headerOf(answer: Pick<HttpAnswer, 'headers'>, name: string): string | undefined {
  return answer.headers.get(name)?.join(', ');
}

export function isHtml(answer: Pick<HttpAnswer, 'headers' | 'body'>): boolean {
  const type = headerOf(answer, 'content-type') ?? '';
  return /^\s*(<!doctype html|<html)/i.test(answer.body) || /text\/html/i.test(type);
}
