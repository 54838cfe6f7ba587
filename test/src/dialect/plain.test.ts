import { describe, expect, vi } from 'vitest';
import type { Call } from '../../../src/dialect/dialect.ts';
import { HoldfastError, LinkCallError, type PlainOptions, plain } from '../../../src/index.ts';
import { fc, test } from '../../support/properties.ts';

function errorOf(options: unknown): HoldfastError | undefined {
  try {
    plain(options as PlainOptions);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return thrown;
    throw thrown;
  }
  return undefined;
}

const message = (payload: unknown, id = 'id-1') => ({ id, event: 'message:send', payload });

describe('plain()', () => {
  test('[RM-1] asks for rooms with room:join and room:leave and the name of the room', async () => {
    const call = vi.fn<Call>(async () => 'the answer');
    const dialect = plain();
    expect(await dialect.join('a', call)).toBe('the answer');
    expect(await dialect.leave('a', call)).toBe('the answer');
    expect(call.mock.calls).toEqual([
      ['room:join', 'a'],
      ['room:leave', 'a'],
    ]);
    expect(dialect.joinAll).toBeUndefined();
  });

  test('[RM-1] asks with functions of the user instead', async () => {
    const call = vi.fn<Call>(async (event) => ({ said: event }));
    const dialect = plain({
      join: (room, ask) => ask('enter', { room }),
      leave: async () => 'gone',
    });
    expect(await dialect.join('a', call)).toEqual({ said: 'enter' });
    expect(await dialect.leave('a', call)).toBe('gone');
    expect(call.mock.calls).toEqual([['enter', { room: 'a' }]]);
  });

  test('[EN-2] has no question of its own for a sign of life unless one is named', () => {
    expect('probe' in plain()).toBe(false);
    expect('probe' in plain({ probe: undefined } as unknown as PlainOptions)).toBe(false);
  });

  test('[EN-2] asks for a sign of life with the event that was named, and nothing more', async () => {
    const call = vi.fn<Call>(async () => 'whatever');
    await plain({ probe: 'ping me' }).probe?.(call);
    expect(call.mock.calls).toEqual([['ping me']]);
  });

  test('[CR-9] hands no credential over unless an event is named for it', () => {
    expect('renew' in plain()).toBe(false);
    expect('renew' in plain({ renew: undefined } as unknown as PlainOptions)).toBe(false);
  });

  test('[CR-9] hands a credential over by the event that was named, with all that belongs to it', async () => {
    const call = vi.fn<Call>(async () => 'the answer');
    const { renew } = plain({ renew: 'fresh' });
    expect(await renew?.({ token: 't', device: 'd' }, call)).toBe('the answer');
    expect(call.mock.calls).toEqual([['fresh', { token: 't', device: 'd' }]]);
  });

  test.each([
    { answer: { rooms: ['a', 'b'] }, rooms: ['a', 'b'] },
    { answer: { rooms: [] }, rooms: [] },
    { answer: { rooms: ['a'], more: 7 }, rooms: ['a'] },
  ])('[RM-3] reads $answer as what the server has of its rooms', async ({ answer, rooms }) => {
    expect(await plain({ probe: 'probe' }).probe?.(async () => answer)).toEqual(rooms);
  });

  test.each([
    { answer: undefined },
    { answer: null },
    { answer: 'rooms' },
    { answer: ['a'] },
    { answer: {} },
    { answer: { rooms: null } },
    { answer: { rooms: 'a' } },
    { answer: { rooms: { 0: 'a', length: 1 } } },
    { answer: { rooms: ['a', 7] } },
    { answer: { rooms: [null] } },
    { answer: { error: 'no' } },
  ])('[EN-2] reads $answer as a sign of life that says nothing of rooms', async ({ answer }) => {
    expect(await plain({ probe: 'probe' }).probe?.(async () => answer)).toBeNull();
  });

  test('[EN-2] leaves it to whoever asked that no answer comes', async () => {
    const silence = new LinkCallError('timeout');
    await expect(plain({ probe: 'probe' }).probe?.(() => Promise.reject(silence))).rejects.toBe(silence);
  });

  test('[RE-7] reads the last word of the server under its name alone', () => {
    expect(plain().readBye('holdfast:bye', [{ code: 'expired' }, 'offset'])).toEqual({ code: 'expired' });
    expect(plain().readBye('bye', [{ code: 'expired' }])).toBeUndefined();
    expect(plain({ bye: 'bye' }).readBye('bye', [{ code: 'expired' }])).toEqual({ code: 'expired' });
    expect(plain({ bye: 'bye' }).readBye('holdfast:bye', [])).toBeUndefined();
  });

  test('[RE-7] reads a last word that says nothing as one all the same', () => {
    expect(plain().readBye('holdfast:bye', [])).toBeNull();
    expect(plain().readBye('holdfast:bye', [undefined])).toBeNull();
  });

  test.each([
    { answer: undefined },
    { answer: null },
    { answer: 'error' },
    { answer: 0 },
    { answer: false },
    { answer: {} },
    { answer: [] },
    { answer: { ok: false } },
    { answer: { errors: [] } },
    { answer: ['error'] },
    { answer: { retryable: true } },
    { answer: { error: null } },
    { answer: { error: undefined } },
    { answer: { error: null, data: 7 } },
    { answer: { error: null, retryable: true } },
  ])('[OB-6] $answer is an answer', ({ answer }) => {
    expect(plain().readAnswer(answer)).toEqual({ ok: true, value: answer });
  });

  test.each([
    { answer: { error: 'no' }, error: 'no', retryable: false },
    { answer: { error: { code: 7 }, more: 1 }, error: { code: 7 }, retryable: false },
    { answer: { error: '' }, error: '', retryable: false },
    { answer: { error: 'busy', retryable: true }, error: 'busy', retryable: true },
    { answer: { error: 'busy', retryable: 'yes' }, error: 'busy', retryable: false },
    { answer: { error: 'busy', retryable: 1 }, error: 'busy', retryable: false },
  ])('[OB-6] $answer is a refusal', ({ answer, error, retryable }) => {
    expect(plain().readAnswer(answer)).toEqual({ ok: false, error, retryable });
  });

  test.prop([fc.jsonValue({ maxDepth: 3 })])(
    '[OB-6] no JSON is read as anything else, nor throws',
    (answer) => {
      const isRefusal =
        typeof answer === 'object' && answer !== null && 'error' in answer && Object(answer).error !== null;
      expect(plain().readAnswer(answer).ok).toBe(!isRefusal);
    },
  );

  test('[LC-13] an answer that throws when read throws to whoever reads it, and stays harmless otherwise', () => {
    const trap = new Proxy({}, { has: () => fail() });
    const getter = Object.defineProperty({}, 'error', { get: () => fail() });
    expect(() => plain().readAnswer(trap)).toThrow('hostile');
    expect(() => plain().readAnswer(getter)).toThrow('hostile');
    expect(plain().readAnswer(Object.create(null)).ok).toBe(true);
    expect(plain().readAnswer(() => {}).ok).toBe(true);
  });

  test('[OB-3] sends the payload as the one argument', () => {
    for (const payload of [undefined, null, 'text', 7, [1], { text: 'hello' }, new Uint8Array([1])]) {
      expect(plain().encode(message(payload))).toEqual([payload]);
    }
  });

  test('[OB-3] writes the id into payloads that are objects, under the key that was named', () => {
    const { encode } = plain({ idKey: 'messageId' });
    expect(encode(message({ text: 'hello' }))).toEqual([{ text: 'hello', messageId: 'id-1' }]);
    expect(encode(message({ messageId: 'mine' }))).toEqual([{ messageId: 'id-1' }]);
    expect(encode(message({}, 'id-2'))).toEqual([{ messageId: 'id-2' }]);
  });

  test.each([undefined, null, 'text', 7, true, [1, 2], new Uint8Array([1])])(
    '[OB-3] leaves %s alone: there is no place for an id',
    (payload) => {
      const [sent] = plain({ idKey: 'id' }).encode(message(payload));
      expect(sent).toBe(payload);
    },
  );

  test('[OB-3] leaves the payload itself as it was', () => {
    const payload = Object.freeze({ text: 'hello' });
    expect(plain({ idKey: 'id' }).encode(message(payload))).toEqual([{ text: 'hello', id: 'id-1' }]);
    expect(payload).toEqual({ text: 'hello' });
  });

  test('[OB-3] a key named __proto__ is a key like any other', () => {
    const [sent] = plain({ idKey: '__proto__' }).encode(message({ text: 'hello' }));
    expect(Object.getOwnPropertyNames(sent)).toEqual(['text', '__proto__']);
    expect(Object.getPrototypeOf(sent)).toBe(Object.prototype);
  });
});

describe('plain() checks its options', () => {
  test.each([
    { bye: '' },
    { bye: 7 },
    { bye: null },
    { idKey: '' },
    { idKey: null },
    { idKey: {} },
    { join: 'room:join' },
    { join: null },
    { leave: {} },
    { leave: null },
    { probe: '' },
    { probe: null },
    { probe: true },
    { probe: () => {} },
    { probe: 'connect' },
    { probe: 'disconnect' },
    { renew: '' },
    { renew: true },
    { renew: 'connect_error' },
  ])('[ER-1] and names the one that is wrong: %j', (options) => {
    const [name] = Object.keys(options);
    const error = errorOf(options);
    expect(error?.code).toBe('bad-option');
    expect(error?.message).toContain(`\`${name}\``);
    expect(error?.message).toContain('allowed: ');
  });

  test.each([
    [{ bye: '' }, '`bye` is a string; allowed: the name of an event'],
    [{ idKey: null }, '`idKey` is null; allowed: the name of a key'],
    [{ join: 7 }, '`join` is 7; allowed: a function'],
    [{ leave: {} }, '`leave` is an object; allowed: a function'],
    [
      { probe: 'connect' },
      '`probe` is a string; allowed: the name of an event that Socket.IO does not reserve',
    ],
    [[], '`options` is an array; allowed: an object'],
    [{ unheardOf: 1 }, 'there is no option `unheardOf` of plain()'],
  ])('[ER-1] and says what would be right: %j', (options, message) => {
    expect(errorOf(options)?.message).toBe(message);
  });

  test('[ER-1] and shows nothing of what is in a wrong value', () => {
    expect(errorOf({ join: 'sekret' })?.message).not.toContain('sekret');
  });

  test.each([null, 'bye', 7, [], () => {}])('[ER-1] and that they are options: %s', (options) => {
    expect(errorOf(options)?.code).toBe('bad-option');
  });

  test('[ER-1] and names the nearest one it knows', () => {
    const error = errorOf({ idkey: 'id' });
    expect([error?.code, error?.hint]).toEqual(['unknown-option', 'Did you mean `idKey`?']);
    expect(error?.message).toContain('`idkey`');
    expect(errorOf({ unheardOf: 1 })?.code).toBe('unknown-option');
  });

  test('[ER-1] and takes one given as undefined for one not given', () => {
    const { readBye, encode } = plain({
      bye: undefined,
      idKey: undefined,
      join: undefined,
      leave: undefined,
    } as unknown as PlainOptions);
    expect(readBye('holdfast:bye', [1])).toBe(1);
    expect(encode(message({}))).toEqual([{}]);
  });
});

function fail(): never {
  throw new Error('hostile');
}
