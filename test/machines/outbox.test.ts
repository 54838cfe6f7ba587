import { describe, expect, test } from 'vitest';
import {
  accepted,
  advance,
  inherited,
  isSettled,
  type MessageEvent,
  type MessageLife,
  type MessageRules,
} from '../../machines/outbox.ts';

const no = new Error('no');

const events: Record<string, MessageEvent> = {
  sent: { type: 'sent' },
  'not-open': { type: 'not-open' },
  'no-answer': { type: 'no-answer' },
  lost: { type: 'lost' },
  acknowledged: { type: 'acknowledged', value: 7 },
  refused: { type: 'refused', error: no, retryable: false },
  'refused for now': { type: 'refused', error: no, retryable: true },
  unreadable: { type: 'unreadable' },
  unsendable: { type: 'unsendable', error: no },
  'ttl-over': { type: 'ttl-over' },
  discarded: { type: 'discarded' },
};

const settled: readonly MessageLife[] = [
  { state: 'acknowledged', value: 1 },
  { state: 'refused', error: no },
  { state: 'expired' },
  { state: 'unknown' },
  { state: 'discarded' },
];

/** What comes of each event, by hand: a state with its tries, or `=` for no change. */
type Row = Record<keyof typeof events, string>;

const queued = (tries: number): MessageLife => ({ state: 'queued', tries });
const sending = (tries: number): MessageLife => ({ state: 'sending', tries });

const late: Row = {
  'not-open': '=',
  'no-answer': '=',
  lost: '=',
  acknowledged: '=',
  refused: '=',
  'refused for now': '=',
  unreadable: '=',
  unsendable: 'refused',
  discarded: 'discarded',
};
const answers: Row = {
  sent: '=',
  acknowledged: 'acknowledged',
  refused: 'refused',
  unreadable: 'unknown',
  unsendable: 'refused',
  'ttl-over': 'unknown',
  discarded: 'discarded',
};

const table: readonly (readonly [string, MessageLife, Partial<MessageRules>, Row])[] = [
  ['never tried', queued(0), {}, { ...late, sent: 'sending 1', 'ttl-over': 'expired' }],
  ['tried', queued(1), {}, { ...late, sent: 'sending 2', 'ttl-over': 'unknown' }],
  ['tried often', queued(9), { maxResends: 0 }, { ...late, sent: 'sending 10', 'ttl-over': 'unknown' }],
  ['once, never tried', queued(0), { once: true }, { ...late, sent: 'sending 1', 'ttl-over': 'expired' }],
  ['once, tried', queued(1), { once: true }, { ...late, sent: 'sending 2', 'ttl-over': 'unknown' }],
  [
    'first time',
    sending(1),
    {},
    {
      ...answers,
      'not-open': 'queued 0',
      'no-answer': 'queued 1',
      lost: 'queued 1',
      'refused for now': 'queued 1',
    },
  ],
  [
    'first time, to be sent no more than that',
    sending(1),
    { maxResends: 0 },
    {
      ...answers,
      'not-open': 'queued 0',
      'no-answer': 'unknown',
      lost: 'unknown',
      'refused for now': 'unknown',
    },
  ],
  [
    'resent, and may be again',
    sending(2),
    { maxResends: 2 },
    {
      ...answers,
      'not-open': 'queued 1',
      'no-answer': 'queued 2',
      lost: 'queued 2',
      'refused for now': 'queued 2',
    },
  ],
  [
    'resent for the last time',
    sending(2),
    { maxResends: 1 },
    {
      ...answers,
      'not-open': 'queued 1',
      'no-answer': 'unknown',
      lost: 'unknown',
      'refused for now': 'unknown',
    },
  ],
  [
    'once',
    sending(1),
    { once: true },
    {
      ...answers,
      'not-open': 'queued 0',
      'no-answer': 'unknown',
      lost: 'unknown',
      'refused for now': 'queued 1',
    },
  ],
  [
    'once, the last time',
    sending(1),
    { once: true, maxResends: 0 },
    {
      ...answers,
      'not-open': 'queued 0',
      'no-answer': 'unknown',
      lost: 'unknown',
      'refused for now': 'unknown',
    },
  ],
];

function tell(life: MessageLife): string {
  return 'tries' in life ? `${life.state} ${life.tries}` : life.state;
}

function rulesOf({
  once = false,
  maxResends = Number.POSITIVE_INFINITY,
}: Partial<MessageRules>): MessageRules {
  return { once, maxResends };
}

describe('the life of a message', () => {
  test('[OB-1] every row of the table speaks of every event', () => {
    for (const [, , , row] of table) expect(Object.keys(row).sort()).toEqual(Object.keys(events).sort());
  });

  test.each(table.map(([name, life, rules, row]) => ({ name, life, rules, row })))(
    '[OB-1, OB-2, OB-4, OB-5, OB-6] $life.state, $name',
    ({ life, rules, row }) => {
      const found = Object.fromEntries(
        Object.entries(events).map(([name, event]) => {
          const next = advance(life, event, rulesOf(rules));
          return [name, next === life ? '=' : tell(next)];
        }),
      );
      expect(found).toEqual(row);
    },
  );

  test('[OB-1] settled is settled, whatever is told later', () => {
    for (const life of settled) {
      expect(isSettled(life)).toBe(true);
      for (const event of Object.values(events)) {
        for (const once of [false, true]) {
          expect(advance(life, event, { once, maxResends: 1 })).toBe(life);
        }
      }
    }
    expect([queued(0), sending(1)].map(isSettled)).toEqual([false, false]);
  });

  test('[OB-6] the answer and the refusal are what the server said', () => {
    const rules = rulesOf({});
    expect(advance(sending(1), { type: 'acknowledged', value: 7 }, rules)).toEqual({
      state: 'acknowledged',
      value: 7,
    });
    for (const type of ['refused', 'unsendable'] as const) {
      const event: MessageEvent =
        type === 'refused' ? { type, error: no, retryable: false } : { type, error: no };
      expect(advance(sending(1), event, rules)).toEqual({ state: 'refused', error: no });
    }
  });

  test('[OB-4, OB-7] what an earlier process left may have been sent, unless it is noted that it was not', () => {
    expect(inherited({ once: false, isTried: false })).toEqual(queued(1));
    expect(inherited({ once: false, isTried: true })).toEqual(queued(1));
    expect(inherited({ once: true, isTried: false })).toEqual(accepted);
    expect(inherited({ once: true, isTried: true })).toEqual({ state: 'unknown' });
  });
});
