import { describe, expect, test } from 'vitest';
import type { WorldEvent } from '../../machines/events.ts';
import { systemClock } from '../../src/clock.ts';
import { CredentialDesk } from '../../src/credential.ts';
import { Problems } from '../../src/problems.ts';
import { isOnline, type Signal, type Signals, subscribeToSignals } from '../../src/signals.ts';

const boom = () => {
  throw new Error('boom');
};

function createProblems() {
  const problems = new Problems(systemClock, new CredentialDesk(false));
  const told: string[] = [];
  problems.problems$.subscribe(({ code, message }) => told.push(`${code}: ${message}`));
  return { problems, told };
}

/** Listens to a host that the test speaks for. */
function listen(signals: Partial<Signals> = {}) {
  const { problems, told } = createProblems();
  const events: WorldEvent[] = [];
  let say: (signal: Signal) => void = () => {};
  const subscribe: Signals['subscribe'] = (listener) => {
    say = listener;
    return () => {};
  };
  const stop = subscribeToSignals({ subscribe, ...signals }, (event) => events.push(event), problems);
  return { told, events, stop, say: (signal: unknown) => say(signal as Signal) };
}

describe('whether the network is up at the start', () => {
  const subscribe = () => () => {};

  test.each<[string, Signals | null, boolean]>([
    ['there is no host', null, true],
    ['the host cannot say', { subscribe }, true],
    ['the host says yes', { subscribe, isOnline: () => true }, true],
    ['the host says no', { subscribe, isOnline: () => false }, false],
    ['the host says nonsense', { subscribe, isOnline: () => undefined as never }, true],
  ])('[EN-1] %s', (_, signals, expected) => {
    const { problems, told } = createProblems();
    expect([isOnline(signals, problems), told]).toEqual([expected, []]);
  });

  test('[EN-1, LC-13] is taken for granted of a host that throws, which is reported', () => {
    const { problems, told } = createProblems();
    expect(isOnline({ subscribe, isOnline: boom }, problems)).toBe(true);
    expect(told).toEqual(['callback-threw: `signals.isOnline` threw: Error: boom']);
  });
});

describe('what the host says', () => {
  test('[EN-1] comes in as an event, word for word', () => {
    const { events, told, say } = listen();
    for (const word of ['online', 'offline', 'visible', 'hidden', 'frozen', 'resumed', 'suspended'])
      say(word);
    expect(events.map(({ type }) => type)).toEqual([
      'world.online',
      'world.offline',
      'world.visible',
      'world.hidden',
      'world.frozen',
      'world.resumed',
      'world.suspended',
    ]);
    expect(told).toEqual([]);
  });

  test('[EN-1] nothing comes, and nothing is wrong, where there is no host', () => {
    const { problems, told } = createProblems();
    subscribeToSignals(null, boom, problems)();
    expect(told).toEqual([]);
  });

  test.each<[unknown, string]>([
    ['sunrise', 'there is no signal `sunrise`'],
    [7, 'there is no signal `of type number`'],
    [undefined, 'there is no signal `of type undefined`'],
    [{ toString: boom }, 'there is no signal `of type object`'],
  ])('[LC-13, ER-2] is reported where there is no such signal: %#', (signal, message) => {
    const { events, told, say } = listen();
    say(signal);
    expect([events, told]).toEqual([[], [`bad-argument: ${message}`]]);
  });

  test('[LC-13] is nothing where the host throws at being asked, which is reported', () => {
    const { told, stop } = listen({ subscribe: boom });
    expect(told).toEqual(['callback-threw: `signals.subscribe` threw: Error: boom']);
    expect(stop).not.toThrow();
  });

  test('[LC-10, LC-13] is listened to until the end, though the host throws at it, which is reported', () => {
    const { told, stop } = listen({ subscribe: () => boom });
    expect(stop).not.toThrow();
    expect(told).toEqual(['callback-threw: the unsubscribe of `signals` threw: Error: boom']);
  });
});
