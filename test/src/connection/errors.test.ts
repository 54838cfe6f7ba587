import { createContext, runInContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  AnswerRefused,
  type ConnectionOptions,
  CredentialRefused,
  CursorUnknown,
  createConnection,
  HoldfastError,
  isHoldfastError,
  LinkCallError,
  plain,
} from '../../../src/index.ts';
import { createHandLink, createHarness, type Harness } from '../../support/harness.ts';
import { placeOf, standAt } from '../../support/places.ts';

const good = () => ({ link: createHandLink().link, credential: () => 't' });

function complaintAbout(options: unknown): HoldfastError {
  try {
    createConnection(options as ConnectionOptions);
  } catch (thrown) {
    if (isHoldfastError(thrown)) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

const noTime = [-1, Number.NaN, Number.NEGATIVE_INFINITY, '500', null, true, {}, [], () => 1];
const noFunction = [1, 'f', null, {}, true];

describe('options', () => {
  const wrong: [string, unknown[]][] = [
    ['link', [undefined, null, 'https://api.example.com', {}, { open: 1 }, () => {}]],
    ['credential', [undefined, null, true, 'token', {}, 0]],
    ['credentialTimeout', [...noTime, Number.POSITIVE_INFINITY]],
    ['handshakeTimeout', [...noTime, Number.POSITIVE_INFINITY]],
    ['reconnect', [null, 'fast', 5, [], true, false]],
    ['classify', noFunction],
    ['dialect', [null, 'plain', {}, { readBye: () => {} }, plain]],
    ['signals', [null, {}, { subscribe: true }, () => {}]],
    ['inspect', [null, 'verbose', {}, { next: 1 }, true]],
    ['clock', [null, {}, { setTimeout, clearTimeout }, { now: Date.now }, Date]],
    ['random', noFunction],
    ['traceLength', [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '200', null]],
  ];

  test.each(wrong.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    '[ER-1] %s of %s is refused: the error names it, what was given and what is allowed',
    (name, value) => {
      const error = complaintAbout({ ...good(), [name]: value });
      expect(error).toBeInstanceOf(HoldfastError);
      expect(error.code).toBe('bad-option');
      expect(error.message).toMatch(new RegExp(`^\`${name}\` is .+; allowed: .+`));
      expect(error.hint).toContain(`\`${name}\``);
    },
  );

  const wrongReconnect: [string, unknown[]][] = [
    ['first', [...noTime, Number.POSITIVE_INFINITY]],
    ['base', [...noTime, Number.POSITIVE_INFINITY]],
    ['factor', [...noTime, Number.POSITIVE_INFINITY]],
    ['cap', [...noTime, Number.POSITIVE_INFINITY]],
    ['stableAfter', [...noTime, Number.POSITIVE_INFINITY]],
    ['giveUpAfter', noTime],
    ['maxAttempts', [...noTime, 0, 1.5]],
    ['backoff', noFunction],
    ['resumeOnSignal', [0, 1, 'yes', null, {}]],
  ];

  test.each(wrongReconnect.flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    '[ER-1, RE-1] reconnect.%s of %s is refused',
    (name, value) => {
      const error = complaintAbout({ ...good(), reconnect: { [name]: value } });
      expect(error.code).toBe('bad-option');
      expect(error.message).toContain(`\`reconnect.${name}\``);
      expect(error.message).toMatch(/; allowed: .+/);
    },
  );

  test.each([undefined, null, 1, 'options', [], () => {}])('[ER-1] that are %s are refused', (options) => {
    expect(complaintAbout(options).code).toBe('bad-option');
  });

  test('[ER-1] given in the wrong number are shown in the error', () => {
    expect(complaintAbout({ ...good(), handshakeTimeout: -5 }).message).toContain('-5');
    expect(complaintAbout({ ...good(), handshakeTimeout: Number.NaN }).message).toContain('NaN');
  });

  test('[ER-1, CR-12] given in the wrong place are not shown: they may be a credential', () => {
    for (const name of ['link', 'credential', 'classify', 'reconnect', 'credentialTimeout']) {
      const { message, hint, stack } = complaintAbout({ ...good(), [name]: 'eyJhbGciOi.secret.token' });
      expect(`${message} ${hint} ${stack}`).not.toContain('secret');
    }
  });

  test.each([
    ['credentials', '`credential`'],
    ['Link', '`link`'],
    ['handshake_timeout', '`handshakeTimeout`'],
    ['credentialTimout', '`credentialTimeout`'],
    ['reconect', '`reconnect`'],
    ['signal', '`signals`'],
  ])('[ER-1] with the unknown name %s are refused, with the nearest right one', (name, nearest) => {
    const error = complaintAbout({ ...good(), [name]: 1 });
    expect(error.code).toBe('unknown-option');
    expect(error.message).toContain(`\`${name}\``);
    expect(error.hint).toContain(nearest);
  });

  test.each([
    ['maxAttemps', '`reconnect.maxAttempts`'],
    ['giveupafter', '`reconnect.giveUpAfter`'],
    ['Cap', '`reconnect.cap`'],
  ])('[ER-1] with the unknown name reconnect.%s are refused, with the nearest right one', (name, nearest) => {
    const error = complaintAbout({ ...good(), reconnect: { [name]: 1 } });
    expect(error.code).toBe('unknown-option');
    expect(error.message).toContain(`\`reconnect.${name}\``);
    expect(error.hint).toContain(nearest);
  });

  test.each(['zzzzzz', '__proto__x', 'toString', 'constructor'])(
    '[ER-1] with the unknown name %s, near to none, are refused',
    (name) => {
      const error = complaintAbout({ ...good(), [name]: 1 });
      expect(error.code).toBe('unknown-option');
      expect(error.hint).not.toBe('');
    },
  );

  test('[ER-1] at the edge of what is allowed are taken', async () => {
    const edges: Partial<ConnectionOptions>[] = [
      { credentialTimeout: 0, handshakeTimeout: 0, traceLength: 0 },
      { credentialTimeout: Number.MAX_VALUE, handshakeTimeout: 0.5 },
      { reconnect: {} },
      { reconnect: { first: 0, base: 0, factor: 0, cap: 0, stableAfter: 0, giveUpAfter: 0, maxAttempts: 1 } },
      { reconnect: { first: 1, base: 1, factor: 1, cap: 1 } },
      { reconnect: { giveUpAfter: Number.POSITIVE_INFINITY, maxAttempts: Number.POSITIVE_INFINITY } },
      { inspect: () => {} },
      { inspect: { next: () => {} } },
      { credential: false },
    ];
    for (const edge of edges) {
      const connection = createConnection({ ...good(), ...edge });
      expect(connection.getStatus().state).toBe('idle');
      await connection.dispose();
    }
  });

  test('[ER-1] given as undefined are options not given', async () => {
    const undefinedOptions = Object.fromEntries(
      [
        'credentialTimeout',
        'handshakeTimeout',
        'classify',
        'dialect',
        'signals',
        'inspect',
        'reconnect',
        'traceLength',
      ].map((name) => [name, undefined]),
    );
    const connection = createConnection({ ...good(), ...undefinedOptions });
    await connection.dispose();
    const h = createHarness({ reconnect: { first: undefined as never, maxAttempts: undefined as never } });
    h.connection.connect();
    await h.grant();
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', retryAt: 500 });
  });

  test('[ER-1] of a dialect are checked as well', () => {
    for (const bye of ['', 5, null]) {
      expect(() => plain({ bye: bye as string })).toThrow(
        expect.objectContaining({ code: 'bad-option', message: expect.stringContaining('`bye`') }),
      );
    }
  });
});

describe('errors', () => {
  test('[ER-1] are one family, with a stable code and a hint', () => {
    const errors = [
      new HoldfastError('network', 'm'),
      new CredentialRefused(),
      new AnswerRefused({ code: 1 }),
    ];
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      expect(error).toBeInstanceOf(HoldfastError);
      expect(isHoldfastError(error)).toBe(true);
      expect(error.hint.length).toBeGreaterThan(20);
      expect(error.stack).toContain(error.message);
    }
    expect(errors.map(({ name }) => name)).toEqual(['HoldfastError', 'CredentialRefused', 'AnswerRefused']);
    expect(errors.map(({ code }) => code)).toEqual(['network', 'credential-refused', 'answer-refused']);
  });

  test('[ER-1] that an app throws have words of their own when it gives none', () => {
    for (const [error, name, words] of [
      [new CredentialRefused(), 'CredentialRefused', /refused/],
      [new CursorUnknown(), 'CursorUnknown', /catch up/],
    ] as const) {
      expect(error.name).toBe(name);
      expect(error.message).toMatch(words);
    }
    expect(new CredentialRefused('gone').message).toBe('gone');
    expect(new CursorUnknown('too old').message).toBe('too old');
  });

  test('[ER-1] are told by their brand, also from another copy of the library or another realm', () => {
    const foreign = runInContext(
      `Object.defineProperty(new Error('m'), Symbol.for('holdfast.error'), { value: true })`,
      createContext(),
    );
    expect(foreign instanceof Error).toBe(false);
    expect(isHoldfastError(foreign)).toBe(true);
    for (const other of [new Error('m'), { code: 'network', hint: 'h' }, null, undefined, 'network', 7]) {
      expect(isHoldfastError(other)).toBe(false);
    }
  });

  test('[ER-1, CR-3] of the provider are told by their brand too', async () => {
    const h = await standAt('authenticating.credential');
    const foreign = Object.assign(new Error('nobody'), { code: 'credential-refused' });
    Object.defineProperty(foreign, Symbol.for('holdfast.error'), { value: true });
    h.provider.call.reject(foreign);
    await h.settle();
    expect(placeOf(h)).toBe('auth-failed');
  });
});

describe('problems', () => {
  test('[ER-2] tell what went wrong without changing the state', async () => {
    const h = await standAt('connected.live');
    const before = h.connection.getStatus();
    await h.pass(70);
    h.world.say('sunrise' as never);
    expect(h.problems).toEqual([
      {
        at: 70,
        code: 'bad-argument',
        message: expect.stringContaining('sunrise'),
        hint: expect.stringMatching(/\w{5}/),
      },
    ]);
    expect(h.connection.getStatus()).toBe(before);
  });

  test('[ER-2] are hot: who subscribes later is told of later ones', async () => {
    const h = await standAt('connected.live');
    h.world.say('sunrise' as never);
    const seen: string[] = [];
    h.connection.problems$.subscribe(({ message }) => seen.push(message));
    h.world.say('sunset' as never);
    expect(seen).toEqual([expect.stringContaining('sunset')]);
  });

  test('[ER-2] do not come of failures that the status tells', async () => {
    const h = await standAt('exhausted');
    expect(h.problems).toEqual([]);
  });

  test('[ER-2, LC-12] may be answered with a method, which is queued', async () => {
    const h = createHarness({
      classify: () => {
        throw new Error('boom');
      },
    });
    h.connection.problems$.subscribe(() => h.connection.disconnect());
    h.connection.connect('alice');
    await h.grant();
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'disconnected' });
  });
});

test.each([
  ['throws', () => JSON.parse('no')],
  ['reads nothing in it', () => ({})],
])('[LC-13] the answer to request() is a typed error when the dialect %s', async (_, readAnswer) => {
  const h = createHarness({ dialect: { ...plain(), readAnswer: readAnswer as never } });
  await h.goLive();
  h.answerWith(async () => 'fine');
  await expect(h.connection.request('ask', 1)).rejects.toMatchObject({ code: 'callback-threw' });
});

describe('a request that fails', () => {
  const ask = (h: Harness, timeout?: number) =>
    h.connection.request('ask', 1, timeout === undefined ? {} : { timeout });

  test.each([
    ['timeout', 'no-answer', 'no acknowledgement within 700 ms'],
    ['lost', 'link-lost', 'the link was lost before the acknowledgement came'],
    ['not-open', 'not-live', 'the connection is not live'],
  ] as const)('[OB-8, ER-1] says so in words of its own: %s', async (reason, code, message) => {
    const h = createHarness();
    h.answerWith(async () => Promise.reject(new LinkCallError(reason)));
    await h.goLive();
    await expect(ask(h, 700)).rejects.toMatchObject({ code, message });
  });

  test('[OB-8, ER-1] says so of what the server, the caller and the time are to blame for', async () => {
    const h = createHarness();
    await expect(ask(h)).rejects.toThrow('the connection is not live');
    await expect(ask(h, -1)).rejects.toThrow('`timeout` is not a number of ms, 0 or more');
    const signal = AbortSignal.abort();
    await expect(h.connection.request('ask', 1, { signal })).rejects.toThrow('the request was aborted');
    h.answerWith(async () => ({ error: 'no' }));
    await h.goLive();
    await expect(ask(h)).rejects.toThrow('the server answered with an error');
    await h.connection.dispose();
    await expect(ask(h)).rejects.toThrow('the connection was disposed of');
  });

  test('[LC-10] under way at the end fails for that reason, whatever the link says of it', async () => {
    const h = createHarness();
    let fail: (thrown: unknown) => void = () => {};
    h.answerWith(() => new Promise((_, reject) => (fail = reject)));
    await h.goLive();
    const asked = ask(h);
    await h.connection.dispose();
    fail(new LinkCallError('lost'));
    await expect(asked).rejects.toMatchObject({
      code: 'disposed',
      message: 'the connection was disposed of',
    });
  });
});

test('[ER-1] a listener that is given to on(), as Socket.IO has it, is turned down with where it belongs', () => {
  const { connection } = createHarness();
  const on = connection.on.bind(connection) as (event: string, listener: () => void) => unknown;
  expect(() => on('message:new', () => {})).toThrow(
    expect.objectContaining({ code: 'bad-argument', hint: expect.stringContaining('.subscribe(listener)') }),
  );
});
