/**
 * The life of one message in the outbox, as a pure function from what it was and what happened to what it is. No
 * chart of its own: thousands may wait at a time.
 */
export function advance(life: MessageLife, event: MessageEvent, rules: MessageRules): MessageLife {
  switch (life.state) {
    case 'queued':
      return advanceQueued(life, event);
    case 'sending':
      return advanceSending(life, event, rules);
    // Settled is settled: what is told later changes nothing (OB-1).
    case 'acknowledged':
    case 'refused':
    case 'expired':
    case 'unknown':
    case 'discarded':
      return life;
  }
}

export type MessageLife =
  /** `tries`: how often it was, or may have been, on the wire without an outcome. */
  | { readonly state: 'queued'; readonly tries: number }
  /** `tries` counts this one too. */
  | { readonly state: 'sending'; readonly tries: number }
  | { readonly state: 'acknowledged'; readonly value: unknown }
  | { readonly state: 'refused'; readonly error: unknown }
  | { readonly state: 'expired' }
  | { readonly state: 'unknown' }
  | { readonly state: 'discarded' };

export type MessageEvent =
  /** Handed to the link. */
  | { readonly type: 'sent' }
  /** The link did not take it: nothing went out. */
  | { readonly type: 'not-open' }
  /** No acknowledgement in time, on a link that may be alive. */
  | { readonly type: 'no-answer' }
  | { readonly type: 'lost' }
  | { readonly type: 'acknowledged'; readonly value: unknown }
  /** The server said no: it did not take effect. */
  | { readonly type: 'refused'; readonly error: unknown; readonly retryable: boolean }
  /** The server answered, and nobody can tell what. */
  | { readonly type: 'unreadable' }
  /** It can never be sent, whatever the link: too large, or not to be encoded. */
  | { readonly type: 'unsendable'; readonly error: unknown }
  | { readonly type: 'ttl-over' }
  | { readonly type: 'discarded' };

export interface MessageRules {
  /** At most once (OB-4). */
  readonly once: boolean;
  /** How often it may be on the wire after the first time. */
  readonly maxResends: number;
}

export const accepted: MessageLife = { state: 'queued', tries: 0 };

const expired: MessageLife = { state: 'expired' };
const unknown: MessageLife = { state: 'unknown' };
const discarded: MessageLife = { state: 'discarded' };

/**
 * What a message is that an earlier process left behind. That one may have sent it; of a `once` message it noted so
 * before it did, so that one without the note was never sent.
 */
export function inherited({ once, isTried }: { once: boolean; isTried: boolean }): MessageLife {
  if (!once) return { state: 'queued', tries: 1 };
  return isTried ? unknown : accepted;
}

export function isSettled({ state }: MessageLife): boolean {
  return state !== 'queued' && state !== 'sending';
}

type Queued = Extract<MessageLife, { state: 'queued' }>;
type Sending = Extract<MessageLife, { state: 'sending' }>;

function advanceQueued(life: Queued, event: MessageEvent): MessageLife {
  switch (event.type) {
    case 'sent':
      return { state: 'sending', tries: life.tries + 1 };
    case 'unsendable':
      return { state: 'refused', error: event.error };
    case 'ttl-over':
      return life.tries === 0 ? expired : unknown;
    case 'discarded':
      return discarded;
    // Words about a try that is over.
    case 'not-open':
    case 'no-answer':
    case 'lost':
    case 'acknowledged':
    case 'refused':
    case 'unreadable':
      return life;
  }
}

function advanceSending(life: Sending, event: MessageEvent, rules: MessageRules): MessageLife {
  switch (event.type) {
    case 'sent':
      return life;
    case 'not-open':
      return { state: 'queued', tries: life.tries - 1 };
    case 'no-answer':
    case 'lost':
      return rules.once ? unknown : again(life, rules);
    case 'acknowledged':
      return { state: 'acknowledged', value: event.value };
    case 'refused':
      // A `once` message too: the server said that it did not take effect.
      return event.retryable ? again(life, rules) : { state: 'refused', error: event.error };
    case 'unsendable':
      return { state: 'refused', error: event.error };
    case 'unreadable':
    case 'ttl-over':
      return unknown;
    case 'discarded':
      return discarded;
  }
}

function again({ tries }: Sending, { maxResends }: MessageRules): MessageLife {
  return tries > maxResends ? unknown : { state: 'queued', tries };
}
