import { expect, test } from 'vitest';
import { createRandom } from '../../src/testing/random.ts';
import { guarded } from '../support/guarded.ts';
import { live } from '../support/live.ts';
import { rawClient } from '../support/raw-client.ts';
import { seed, seedTold } from '../support/seed.ts';
import { forged, tokenOf } from '../support/tokens.ts';
import { use } from '../support/trial.ts';

type Random = () => number;

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Any JSON, with the names that mean something to objects, to Socket.IO or to us. */
function anything(random: Random, depth = 0): unknown {
  const keys = [
    'token',
    '__proto__',
    'constructor',
    'toString',
    'pid',
    'offset',
    'user',
    'then',
    'length',
    '',
  ];
  const kinds: (() => unknown)[] = [
    () => null,
    () => pick([true, false], random),
    () => pick([0, -1, 1e308, 2 ** 53, 0.1], random),
    () => pick(['', 'x', '\u0000', '𝕏', '[object Object]', 'eyJ.eyJ.x', '..', 'x'.repeat(100_000)], random),
    () => forged(anyHeader(random), { sub: 'alice', exp: pick([0, 1e12, 'x', null], random) }, 'AAAA'),
    () => Array.from({ length: random() * 4 }, () => anything(random, depth + 1)),
    () =>
      Object.fromEntries(
        Array.from({ length: random() * 4 }, () => [pick(keys, random), anything(random, depth + 1)]),
      ),
  ];
  return pick(depth > 4 ? kinds.slice(0, 4) : kinds, random)();
}

function anyHeader(random: Random): object {
  const alg = pick(['none', 'HS256', 'RS256', '', 7, null, 'HS256\u0000', ['HS256']], random);
  return {
    alg,
    kid: pick(['one', '../../etc/passwd', '', 7], random),
    crit: pick([undefined, [], ['x']], random),
  };
}

/** JSON that keeps `__proto__` as a key of its own, as an attacker would write it. */
function authOf(random: Random): string {
  const payload = random() < 0.7 ? { token: anything(random) } : anything(random);
  return random() < 0.1
    ? `{"__proto__":{"token":"x"},"token":${JSON.stringify(payload)}}`
    : JSON.stringify(payload);
}

/** Packets: none, some or all of what a client may say, or noise. */
function anyPacket(random: Random): string | Uint8Array {
  const json = JSON.stringify(anything(random));
  const id = pick(['', '0', '7', '99999999999999999999', '-1'], random);
  const event = JSON.stringify(
    pick(['holdfast:renew', 'holdfast:bye', 'echo', 'connect', 'error', '', 7], random),
  );
  return pick<() => string | Uint8Array>(
    [
      () => `42${id}[${event},${json}]`,
      () => `42${id}["holdfast:renew",{"token":${json}}]`,
      () => `42${id}["holdfast:renew"]`,
      () => `40${json}`,
      () => `40/nowhere,${json}`,
      () => `41`,
      () => `43${id}[${json}]`,
      () => `44${json}`,
      () => `451-${id}[${event},{"_placeholder":true,"num":0}]`,
      () => `45999-[]`,
      () => pick(['', '2', '3', '5', '6', '1', '4', '4z', '42[', '2probe'], random),
      () => Uint8Array.from({ length: random() * 64 }, () => random() * 256),
      () => String.fromCharCode(...Array.from({ length: random() * 32 }, () => random() * 65_536)),
    ],
    random,
  )();
}

test.each([
  ['as it comes', {}],
  ['with connection state recovery', { connectionStateRecovery: {} }],
])(
  '[SV-1] 500 random credentials, and random packets, over the wire, %s: each is answered, nobody else notices',
  async (_, server) => {
    console.log(seedTold);
    const random = createRandom(seed);
    const { url, port, io, notices, users } = await guarded({}, { server });
    const run = live(url, { credential: () => tokenOf({ sub: 'witness' }) });
    run.connection.connect('witness');
    await run.connection.ready();
    const before = run.statuses.length;

    let answered = 0;
    for (let n = 0; n < 500; n += 1) {
      const client = use(await rawClient(port));
      client.send(`0${authOf(random)}`);
      // Refused with a code and nothing else, or, where it is no packet at all, cut.
      const answer = await client.next('4').catch(() => null);
      if (answer === null) await client.closed;
      else {
        answered += 1;
        expect(answer).toMatch(/^4\{"message":"(unauthorized|expired)","data":\{"code":"\1"\}\}$/);
      }
      await client.close();
    }
    // The rest is what Socket.IO does not take for a CONNECT.
    expect(answered).toBeGreaterThan(300);
    expect(users()).toEqual(['witness']);

    const good = await tokenOf({ sub: 'mallory' });
    for (let n = 0; n < 100; n += 1) {
      const client = use(await rawClient(port));
      if (random() < 0.7) {
        client.connect({ token: good });
        await client.next('0');
      }
      for (let m = 0; m < 20; m += 1) client.sendFrame(anyPacket(random));
      await client.close();
    }

    expect(await run.connection.request('echo', 'still here')).toBe('still here');
    expect(run.statuses).toHaveLength(before);
    expect(run.problems).toEqual([]);
    await expect.poll(users).toEqual(['witness']);
    await expect.poll(() => io.engine.clientsCount).toBe(1);
    expect(notices.filter(({ kind }) => kind === 'failed')).toEqual([]);
    expect(Object.keys({})).toEqual([]);
    expect('token' in {}).toBe(false);
  },
  60_000,
);
