import { describe, expect, test } from 'vitest';
import { Recovery } from '../../../src/link/recovery.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2027-03-14T12:00:00Z');

/** `yeast`, as socket.io-adapter makes its offsets. */
function yeast(time: number): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
  let text = '';
  for (let rest = time; rest > 0; rest = Math.floor(rest / 64)) text = digits[rest % 64] + text;
  return text;
}

const objectId = (time: number) =>
  Math.floor(time / 1000)
    .toString(16)
    .padStart(8, '0') + 'a1b2c3d4e5f60718';

function offering(): Recovery {
  const recovery = new Recovery();
  recovery.answered({ sid: 's', pid: 'p' });
  recovery.opened(false);
  return recovery;
}

describe('[LK-7] the offset', () => {
  test.each([
    ['of the default adapter', yeast(now)],
    ['of the second event in a millisecond', `${yeast(now)}.0`],
    ['of the hundredth', `${yeast(now)}.1_`],
    ['of Redis Streams', `${now}-0`],
    ['of MongoDB', objectId(now)],
    ['of a server whose clock is a day ahead', yeast(now + day)],
    ['of a packet that waited for a week', `${now - 7 * day}-12`],
  ])('%s goes', (_, offset) => {
    expect(offering().received([{ text: 'hello' }, offset], now)).toEqual([{ text: 'hello' }]);
    expect(offering().received([offset], now)).toEqual([]);
  });

  test.each([
    'general',
    'Welcome',
    'private',
    'QWERTYU',
    '1234567',
    '_______',
    '-------',
    'a',
    '',
    'abcdefgh',
    'abc.def',
    '2027-03-14',
    '1234567890123-0',
    '0-0',
    'ffffffffffffffffffffffff',
    '000000000000000000000000',
    '507f1f77bcf86cd799439011',
    `${yeast(now)}.`,
    `${yeast(now)}.x y`,
    ` ${yeast(now)}`,
    `${now}-`,
    `${now}`,
    yeast(now - 60 * day),
    yeast(now + 60 * day),
  ])('%j is the app’s own, and stays', (said) => {
    expect(offering().received([{ text: 'hello' }, said], now)).toEqual([{ text: 'hello' }, said]);
  });

  test('stays where the server offers no recovery', () => {
    const recovery = new Recovery();
    recovery.answered({ sid: 's' });
    recovery.opened(false);
    expect(recovery.received([yeast(now)], now)).toEqual([yeast(now)]);
    recovery.answered({ sid: 's', pid: 'p' });
    expect(recovery.received([yeast(now)], now)).toEqual([]);
    recovery.answered(undefined);
    expect(recovery.received([yeast(now)], now)).toEqual([yeast(now)]);
  });

  test('is only ever the last argument, and only one', () => {
    expect(offering().received([yeast(now), 7], now)).toEqual([yeast(now), 7]);
    expect(offering().received([yeast(now), yeast(now)], now)).toEqual([yeast(now)]);
    expect(offering().received([], now)).toEqual([]);
  });
});

describe('whether the last session is asked for', () => {
  const asks = (recovery: Recovery) => !('pid' in recovery.ask({ token: 't' }));
  const placed = () => {
    const recovery = offering();
    recovery.received([yeast(now)], now);
    return recovery;
  };
  const recovered = () => {
    const recovery = new Recovery();
    recovery.answered({ sid: 's', pid: 'p' });
    recovery.opened(true);
    return recovery;
  };
  const loss = (reason: string) => ({ during: 'lost', message: reason, reason }) as const;

  test('after a loss that the server noticed, or will have', () => {
    for (const reason of ['transport close', 'transport error', 'ping timeout', 'parse error']) {
      const recovery = placed();
      recovery.ended(loss(reason));
      expect(asks(recovery), reason).toBe(true);
    }
    const suspended = placed();
    suspended.ended({ keepSession: true });
    expect(asks(suspended)).toBe(true);
    const again = recovered();
    again.ended(loss('transport close'));
    expect(asks(again)).toBe(true);
  });

  test('never after a goodbye', () => {
    for (const recovery of [placed(), recovered()]) {
      recovery.ended({ keepSession: false });
      expect(asks(recovery)).toBe(false);
      recovery.opened(false);
      recovery.ended(loss('io server disconnect'));
      expect(asks(recovery)).toBe(false);
    }
  });

  test('never twice in a row unless the server noticed the end', () => {
    for (const how of [loss('ping timeout'), { keepSession: true }]) {
      const recovery = recovered();
      recovery.ended(how);
      expect(asks(recovery)).toBe(false);
    }
  });

  test('never with an offset of an older link', () => {
    const recovery = placed();
    recovery.ended(loss('transport close'));
    recovery.opened(false);
    recovery.ended(loss('transport close'));
    expect(asks(recovery)).toBe(false);
  });

  test('the credential goes along untouched, as a copy', () => {
    const auth = { token: 't', device: 7 };
    const recovery = placed();
    expect(recovery.ask(auth)).toEqual(auth);
    expect(recovery.ask(auth)).not.toBe(auth);
    recovery.ended({ keepSession: false });
    expect(JSON.stringify(recovery.ask(auth))).toBe(JSON.stringify(auth));
    expect(recovery.ask(auth)).toHaveProperty('pid', undefined);
    expect(recovery.ask(auth)).toHaveProperty('offset', undefined);
  });
});
