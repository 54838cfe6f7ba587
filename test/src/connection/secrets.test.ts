import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import type { InspectionEvent } from 'xstate';
import { CredentialRefused, HoldfastError, plain, Secret, type Status } from '../../../src/index.ts';
import { createHarness } from '../../support/harness.ts';
import { createWorld } from '../../support/world.ts';

const tokens = ['top-secret/1+1=2', 'top-secret/1+1=2-and-longer', 'another-secret'];
const extra = 'a-second-secret-beside-the-token';

/** Every way in which a value is commonly logged, sent or stored. */
function readings(value: unknown): string[] {
  const attempts: (() => string | undefined)[] = [
    () => inspect(value, { depth: Number.POSITIVE_INFINITY, getters: true, maxStringLength: null }),
    () => JSON.stringify(value),
    () => String(value),
    () => JSON.stringify(structuredClone(value)),
  ];
  return attempts.flatMap((attempt) => {
    try {
      return attempt() ?? [];
    } catch {
      // What holds functions cannot be cloned: nothing is read this way.
      return [];
    }
  });
}

/** Every text that can be reached from a value by whoever digs, each object once. */
function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const each = open.pop();
    if (typeof each === 'string') texts.push(each);
    if ((typeof each !== 'object' && typeof each !== 'function') || each === null || seen.has(each)) continue;
    seen.add(each);
    if (each instanceof Map || each instanceof Set) open.push(...[...each].flat());
    for (const key of Reflect.ownKeys(each)) {
      const { value: found, get } = Object.getOwnPropertyDescriptor(each, key) ?? {};
      open.push(key, get === undefined ? found : Reflect.get(each, key));
    }
  }
  return texts;
}

function leaksIn(value: unknown): string[] {
  const texts = [...textsIn(value), ...(isSmall(value) ? readings(value) : [])];
  return [...tokens, extra].filter((secret) => texts.some((text) => text.includes(secret)));
}

/** Whether it can be printed in full: what leads to the chart itself is printed millionfold. */
function isSmall(value: unknown): boolean {
  return textsIn(value).length < 2_000;
}

describe('a credential', () => {
  test('[CR-12, IN-1, ST-5] is nowhere to be read, not even where servers, providers and callbacks echo it', async () => {
    const logged: unknown[] = [];
    const consoles = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((method) =>
      vi.spyOn(console, method).mockImplementation((...args) => void logged.push(args)),
    );
    const world = createWorld();
    const inspected: unknown[] = [];
    const granted: string[] = [];
    const h = createHarness({
      signals: world.signals,
      dialect: plain({ renew: 'renew' }),
      reconnect: {
        maxAttempts: 50,
        backoff: () => {
          throw new Error(`backoff of ${tokens[0]}`);
        },
      },
      inspect: (event: InspectionEvent) => {
        inspected.push(...leaksIn(event));
        if (granted.length > 0) throw new Error(`inspector of ${tokens[0]}`);
      },
      link: {
        open: (identity, sink) => {
          const session = hands.link.open(identity, sink);
          return {
            ...session,
            authenticate(epoch, auth) {
              session.authenticate(epoch, auth);
              if (isThrowing) throw new Error(`cannot send ${JSON.stringify(auth?.expose())}`);
            },
          };
        },
      },
    });
    const hands = createHarness();
    let isThrowing = false;
    const snapshots: unknown[] = [];
    h.connection.actor.subscribe(({ context }) => snapshots.push(context));
    const errors: unknown[] = [];
    const grant = (token: unknown) =>
      h.grant(typeof token === 'string' ? { token, extra, expiresIn: 60_000 } : token);
    let echo = '';
    const echoOf = (token: string) => {
      granted.push(token);
      echo = granted.map((each) => `bad token ${each} (${extra})`).join('; ');
      return token;
    };

    h.connection.connect('alice');
    await grant(echoOf('top-secret/1+1=2'));
    hands.dial.refuse({ code: 'unauthorized', detail: echo, [echo]: [echo] }, echo);
    await grant(echoOf('top-secret/1+1=2-and-longer'));
    hands.dial.open();
    hands.answerWith(async () => ({ error: { message: echo, list: [echo] } }));
    errors.push(await h.connection.request('ask', 1).catch((thrown) => thrown));
    hands.answerWith(async () => ({ error: { code: 'busy', message: echo, [echo]: [echo] } }));
    await h.pass(30_000);
    await grant(echoOf('another-secret'));
    await h.settle();
    expect(hands.sent.at(-1)?.args).toEqual([{ token: 'another-secret', extra }]);
    hands.dial.say('holdfast:bye', { code: 'expired', because: echo });
    hands.dial.lose({ reason: 'io server disconnect', message: echo });
    h.provider.call.reject(new Error(echo, { cause: new Error(echo) }));
    await h.settle();
    await h.pass(20_000);
    await grant(echoOf('another-secret'));
    hands.dial.fail({ message: echo, systemCode: echo, reason: echo });
    await h.pass(20_000);
    isThrowing = true;
    await grant(tokens[2]);
    isThrowing = false;
    await h.pass(20_000);
    await grant({ token: tokens[2], pid: extra });
    await h.pass(20_000);
    h.provider.call.reject(echo);
    await h.settle();
    await h.pass(20_000);
    h.provider.call.reject(new HoldfastError('network', echo, { hint: echo, cause: new Error(echo) }));
    await h.settle();
    await h.pass(20_000);
    h.provider.call.reject(new CredentialRefused(echo));
    await h.settle();
    errors.push(await h.connection.ready().catch((thrown) => thrown));
    expect(h.connection.getStatus().state).toBe('auth-failed');
    world.say(`signal ${tokens[0]}` as never);

    const all = {
      statuses: h.statuses,
      causes: h.statuses.map((status: Status) => ('cause' in status ? status.cause : null)),
      problems: h.problems,
      errors,
      trace: h.connection.trace(),
      stats: h.connection.stats(),
      snapshots,
      snapshot: h.connection.actor.getSnapshot(),
      persisted: JSON.parse(JSON.stringify(h.connection.actor.getSnapshot())),
      connection: h.connection,
      logged,
    };
    for (const spy of consoles) spy.mockRestore();

    expect(hands.dials.map(({ auth }) => auth?.['token'])).toEqual(expect.arrayContaining(tokens));
    expect(h.problems.length).toBeGreaterThan(30);
    for (const [name, value] of Object.entries(all)) {
      for (const each of Array.isArray(value) ? value : [value]) expect(leaksIn(each), name).toEqual([]);
    }
    expect(inspected).toEqual([]);
    expect(logged).toEqual([]);
    // The words around an echo stay, so that people can still read what was said.
    expect(JSON.stringify(h.connection.trace())).toContain('bad token [redacted]');
  });

  test('[CR-12] of the shape of a JWT or a bearer token is taken out even when it was never granted here', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.provider.call.reject(
      new Error('401 for eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl and Bearer abc.def-ghi'),
    );
    await h.settle();
    const { cause } = h.connection.getStatus() as Extract<Status, { state: 'reconnecting' }>;
    expect(cause.message).toBe('Error: 401 for [redacted] and Bearer [redacted]');
  });

  test('[CR-12] echoed long after another took its place is taken out as well', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant(tokens[2]);
    for (let n = 0; n < 5; n += 1) {
      h.dial.fail();
      await h.pass(20_000);
      await h.grant(`token number ${n}`);
    }
    h.dial.fail({ message: `cannot use ${tokens[2]}` });
    expect(leaksIn(h.connection.getStatus())).toEqual([]);
  });
});

describe('a secret', () => {
  test('[CR-12] shows nothing however it is read, and gives its value only when exposed', () => {
    const secret = new Secret({ token: tokens[0] });
    expect(leaksIn(secret)).toEqual([]);
    expect(leaksIn({ deep: [{ secret }] })).toEqual([]);
    expect([String(secret), JSON.stringify(secret), inspect(secret), `${secret}`]).toEqual([
      '[redacted]',
      '"[redacted]"',
      '[redacted]',
      '[redacted]',
    ]);
    expect(structuredClone(secret)).toEqual({ secret: '[redacted]' });
    expect(Object.values(secret)).toEqual(['[redacted]']);
    expect(secret.expose()).toEqual({ token: tokens[0] });
  });
});
