import { describe, expect, test } from 'vitest';
import { capacity, Log } from '../../../../src/inspect/view/log.ts';
import { step } from '../../../support/reports.ts';

function typesIn(entries: Log['shown']): string[] {
  return entries.map(({ step: { event } }) => event.type);
}

describe('the log', () => {
  test('[IN-2] shows what fits every word of the filter, whatever its letters', () => {
    const log = new Log();
    log.add(step('1', 'user.connect', { to: 'authenticating.handshake' }));
    log.add(step('1', 'link.lost', { to: 'reconnecting.waiting' }));
    log.filter('WAITING link');
    expect(typesIn(log.shown)).toEqual(['link.lost']);
    log.add(step('1', 'world.online', { to: 'reconnecting.waiting' }));
    log.add(step('1', 'link.failed', { to: 'reconnecting.waiting' }));
    expect(typesIn(log.shown)).toEqual(['link.lost', 'link.failed']);
    log.filter(' ');
    expect(log.shown).toHaveLength(4);
  });

  test('[IN-2] is found by the code of a cause', () => {
    const log = new Log();
    const cause = { code: 'kicked', message: '', hint: '' };
    const now = { states: [], status: { state: 'reconnecting' as const, cause }, dueIn: null };
    log.add(step('1', 'link.lost', { now }));
    log.filter('kick');
    expect(log.shown).toHaveLength(1);
  });

  test('[IN-2] forgets the oldest, filtered or not, and never grows beyond its bound', () => {
    const log = new Log();
    log.filter('even');
    for (let index = 0; index < capacity * 3; index += 1)
      log.add(step('1', index % 2 === 0 ? 'even' : 'odd'));
    expect(log.all.length).toBeGreaterThanOrEqual(capacity);
    expect(log.all.length).toBeLessThan(capacity * 1.1);
    const numbers = log.shown.map(({ number }) => number);
    const kept = log.all.filter(({ step: { event } }) => event.type === 'even').map(({ number }) => number);
    expect(numbers).toEqual(kept);
    expect(log.all.at(-1)?.number).toBe(capacity * 3 - 1);
  });
});
