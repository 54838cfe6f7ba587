import type { DeliveryState } from 'holdfast';
import { html, nothing, type TemplateResult } from 'lit';
import type { Line } from '../chat.ts';
import { nameOf } from './header.ts';

/** One message; one of ours with where it stands. */
export function linePart({ id, from, text, at, state, reason, isKept }: Line, user: string): TemplateResult {
  const isMine = from === user;
  const time = new Date(at);
  return html`
    <li class="line" data-from=${from} data-id=${id} ?data-mine=${isMine}>
      <p class="meta">
        <b>${isMine ? 'You' : nameOf(from)}</b>
        <time datetime=${time.toISOString()}>${clockTime.format(time)}</time>
      </p>
      <p class="bubble">${text}</p>
      ${state === null ? nothing : mark(state, reason, isKept)}
    </li>
  `;
}

const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

const symbols: Readonly<Record<DeliveryState, string>> = {
  queued: '◷',
  sending: '→',
  acknowledged: '✓',
  refused: '✕',
  expired: '⌛︎',
  unknown: '?',
  discarded: '✕',
};

/** Not announced at each step: a screen reader would tell of every message three times. */
function mark(state: DeliveryState, reason: string, isKept: boolean): TemplateResult {
  const isSafe = isKept && state === 'queued';
  const more = isSafe ? ', also over a reload' : reason && `: ${reason}`;
  return html`
    <p class="mark" data-delivery=${state} ?data-kept=${isSafe} aria-live="off">
      <span aria-hidden="true">${symbols[state]}</span> ${state}${more}
    </p>
  `;
}
