import { describe, expect, test } from 'vitest';
import { isHoldfastError } from '../../src/errors.ts';
import { holdfast, memoryStore, plain } from '../../src/index.ts';
import { type ConnectionOptions, readOptions, type Settings } from '../../src/options.ts';
import { createHandLink } from '../support/harness.ts';

const required = { link: createHandLink().link, credential: () => 't' };

function read(options: unknown): Settings {
  return readOptions({ ...required, ...(options as object) } as ConnectionOptions);
}

function complaintAbout(options: unknown): string {
  try {
    read(options);
  } catch (thrown) {
    if (isHoldfastError(thrown)) return `${thrown.message} ${thrown.hint}`;
    throw thrown;
  }
  return 'none';
}

describe('options that are left out', () => {
  test('[ER-1] get the defaults of the documentation', () => {
    const settings = read({});
    expect(settings.deadlines).toEqual({ credential: 10_000, handshake: 20_000, probe: 5_000 });
    expect(settings.outbox).toEqual({
      store: null,
      capacity: { items: 1_000, bytes: 4 * 1024 * 1024 },
      window: 32,
      ackTimeout: 10_000,
      ttl: Number.POSITIVE_INFINITY,
      maxResends: Number.POSITIVE_INFINITY,
    });
    expect(settings).toMatchObject({ sync: null, identify: null, merge: null, id: null, signals: null });
    expect(settings.traceLength).toBe(200);
  });

  test('weigh nothing: connections that change nothing share them', () => {
    const [one, other] = [read({}), read({ reconnect: {} })];
    expect(other.deadlines).toBe(one.deadlines);
    expect(other.outbox).toBe(one.outbox);
    expect(other.policy).toBe(one.policy);
  });

  test.each([
    [{ credentialTimeout: 1 }, { credential: 1, handshake: 20_000, probe: 5_000 }],
    [{ handshakeTimeout: 2 }, { credential: 10_000, handshake: 2, probe: 5_000 }],
    [{ probe: { timeout: 3 } }, { credential: 10_000, handshake: 20_000, probe: 3 }],
    [{ probe: {} }, { credential: 10_000, handshake: 20_000, probe: 5_000 }],
  ])('[CR-4, RE-8, EN-2] %j leaves the other deadlines as they are', (given, deadlines) => {
    expect(read(given).deadlines).toEqual(deadlines);
  });

  test('[CR-9] renew a minute before the end where the dialect can, and not at all elsewhere', () => {
    const can = plain({ renew: 'renew' });
    expect(read({}).renew).toBeUndefined();
    expect(read({ dialect: plain() }).renew).toBeUndefined();
    expect(read({ renew: false }).renew).toBeUndefined();
    expect(read({ dialect: can, renew: false }).renew).toBeUndefined();
    for (const dialect of [can, holdfast()]) expect(read({ dialect }).renew).toEqual({ leadTime: 60_000 });
    expect(read({ dialect: can, renew: {} }).renew).toEqual({ leadTime: 60_000 });
    expect(read({ dialect: can, renew: { leadTime: undefined } }).renew).toEqual({ leadTime: 60_000 });
    expect(read({ dialect: can, renew: { leadTime: 5 } }).renew).toEqual({ leadTime: 5 });
    expect(read({ dialect: can }).renew).toBe(read({ dialect: can }).renew);
  });

  test('[OB-5] of the outbox are completed one by one', () => {
    const store = memoryStore();
    expect(read({ outbox: { store, capacity: { items: 7 }, ttl: undefined } }).outbox).toMatchObject({
      store,
      capacity: { items: 7, bytes: 4 * 1024 * 1024 },
      window: 32,
      ttl: Number.POSITIVE_INFINITY,
    });
  });

  test('[SY-1] of `sync` are completed, whichever way it is given', () => {
    const fetch = () => [];
    expect(read({ sync: fetch }).sync).toEqual({ fetch, timeout: 10_000, retries: 2 });
    expect(read({ sync: { fetch } }).sync).toEqual({ fetch, timeout: 10_000, retries: 2 });
    expect(read({ sync: { fetch, retries: 0 } }).sync).toEqual({ fetch, timeout: 10_000, retries: 0 });
  });

  test('are those that were given, where they were', () => {
    const given = {
      merge: () => {},
      id: () => 'id',
      signals: { subscribe: () => () => {} },
      traceLength: 0,
      identify: () => undefined,
    };
    expect(read(given)).toMatchObject(given);
  });
});

describe('[ER-1] wrong options are refused by name, with what is allowed', () => {
  test.each<[unknown, string]>([
    [{ outbox: null }, '`outbox` is null; allowed: an object'],
    [{ outbox: { windw: 1 } }, 'there is no option `outbox.windw` Did you mean `outbox.window`?'],
    [{ outbox: { store: {} } }, '`outbox.store` is an object; allowed: a store such as memoryStore()'],
    [{ outbox: { window: 0 } }, '`outbox.window` is 0; allowed: a whole number, 1 or more'],
    [
      { outbox: { maxResends: -1 } },
      '`outbox.maxResends` is -1; allowed: a whole number, 0 or more, or Infinity',
    ],
    [{ outbox: { capacity: 5 } }, '`outbox.capacity` is 5; allowed: an object'],
    [
      { outbox: { capacity: { items: 0 } } },
      '`outbox.capacity.items` is 0; allowed: a whole number, 1 or more',
    ],
    [
      { outbox: { capacity: { bytes: 1.5 } } },
      '`outbox.capacity.bytes` is 1.5; allowed: a whole number, 1 or more',
    ],
    [{ outbox: { capacity: { item: 1 } } }, 'there is no option `outbox.capacity.item`'],
    [{ sync: 5 }, '`sync` is 5; allowed: a function, or an object with fetch'],
    [{ sync: {} }, '`sync.fetch` is undefined'],
    [{ sync: { fetch: 1 } }, '`sync.fetch` is 1'],
    [{ sync: { fetch: () => [], retries: -1 } }, '`sync.retries` is -1; allowed: a whole number, 0 or more'],
    [{ renew: true }, '`renew` is true; allowed: an object, or false'],
    [{ renew: null }, '`renew` is null'],
    [{ renew: { leadTime: -1 } }, '`renew.leadTime` is -1; allowed: a finite number of ms, 0 or more'],
    [{ renew: { leadTime: Number.POSITIVE_INFINITY } }, '`renew.leadTime` is Infinity'],
    [{ renew: { leedTime: 1 } }, 'Did you mean `renew.leadTime`?'],
    [
      { renew: {}, dialect: plain() },
      '`renew` is given, and the dialect cannot renew; allowed: Give a dialect that can: `holdfast()`, or `plain({ renew })`',
    ],
    [{ renew: { leadTime: 1 } }, '`renew` is given, and the dialect cannot renew'],
    [{ probe: 5 }, '`probe` is 5; allowed: an object'],
    [{ probe: { timeout: Number.NaN } }, '`probe.timeout` is NaN'],
  ])('%j', (given, words) => {
    const said = complaintAbout(given).replaceAll(/\s+/g, ' ');
    for (const part of words.split('; allowed: '))
      expect(said).toContain(part.replace(/^`(.+)` is .+$/, '`$1`'));
  });

  test.each([
    [{ maxResends: 0 }, 'maxResends'],
    [{ maxResends: Number.POSITIVE_INFINITY }, 'maxResends'],
    [{ ttl: 0 }, 'ttl'],
    [{ window: 1 }, 'window'],
  ] as const)('but not %j, which is on the border', (outbox, name) => {
    expect(read({ outbox }).outbox[name]).toBe((outbox as never)[name]);
  });

  test.each([
    { load() {}, put() {}, remove() {} },
    { load() {}, put() {}, clear() {} },
    { load() {}, remove() {}, clear() {} },
    { put() {}, remove() {}, clear() {} },
  ])('[OB-7] a store that lacks a method', (store) => {
    expect(complaintAbout({ outbox: { store } })).toContain('`outbox.store`');
  });

  test('the options themselves', () => {
    expect(() => readOptions(null as never)).toThrow(/`options`.*an object/s);
  });
});
