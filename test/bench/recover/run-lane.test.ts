import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ContenderName } from '../../../bench/recover/contenders.ts';
import { type Lane, nodeLanes } from '../../../bench/recover/lanes.ts';
import { Returns } from '../../../bench/recover/returns.ts';
import { type Entrant, runHeats } from '../../../bench/recover/run-lane.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
afterEach(() => void vi.useRealTimers());

const lane: Lane = { ...(nodeLanes[0] as Lane), outages: [20, 30], warmups: 1, spread: 0 };

/** Two clients that are back so many ms after an outage, and what was done to them. */
function entrant(contender: ContenderName, ms: number, done: string[]): Entrant {
  const returns = new Returns(2);
  const usable = (wait: number) => {
    for (const index of [0, 1]) setTimeout(() => returns.note(index, Date.now()), wait + index);
  };
  usable(0);
  return {
    contender,
    returns,
    async harm(outage) {
      done.push(`${contender} ${outage}`);
      await new Promise((resolve) => setTimeout(resolve, outage));
      usable(ms);
      return Date.now();
    },
  };
}

test('a lane has the rounds of all its heats, and none that warmed up', async () => {
  const done: string[] = [];
  const heat = (ms: number) => ({
    lane,
    entrants: [entrant('socket.io-client', 2 * ms, done), entrant('holdfast', ms, done)],
  });
  const running = runHeats([heat(100), heat(200)]);
  await vi.runAllTimersAsync();
  const rounds = (await running).get(lane);
  expect(rounds).toHaveLength(4);
  expect(rounds).toContainEqual({ 'socket.io-client': [200, 201], holdfast: [100, 101] });
  expect(rounds).toContainEqual({ 'socket.io-client': [400, 401], holdfast: [200, 201] });
  expect(done).toHaveLength(2 * 2 * 3);
});

test('the order turns around from round to round', async () => {
  const done: string[] = [];
  const entrants = [entrant('socket.io-client', 10, done), entrant('holdfast', 10, done)];
  const running = runHeats([{ lane, entrants }]);
  await vi.runAllTimersAsync();
  await running;
  expect(done).toEqual([
    ...['holdfast 20', 'socket.io-client 20'],
    ...['socket.io-client 20', 'holdfast 20'],
    ...['holdfast 30', 'socket.io-client 30'],
  ]);
});

test('nothing begins before every client is there', async () => {
  const done: string[] = [];
  const late: Entrant = { ...entrant('holdfast', 10, done), returns: new Returns(1) };
  const begin = vi.fn();
  const running = runHeats([{ lane: { ...lane, outages: [], warmups: 0 }, entrants: [late] }], begin);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(begin).not.toHaveBeenCalled();
  late.returns.note(0, Date.now());
  await vi.runAllTimersAsync();
  await running;
  expect(begin).toHaveBeenCalledOnce();
});
