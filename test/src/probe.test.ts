import { describe, expect, test, vi } from 'vitest';
import type { Call, Dialect } from '../../src/dialect/dialect.ts';
import { LinkCallError, type LinkSession } from '../../src/link/link.ts';
import { probeLink } from '../../src/probe.ts';

interface Given {
  /** `null`: the link has no such thing. */
  readonly link?: LinkSession['probe'] | null;
  readonly call?: LinkSession['call'];
  readonly dialect?: Dialect['probe'];
  readonly joined?: readonly string[];
}

/** A question under way, with a hand on everything that it asks. */
function ask({ link = () => {}, call = async () => null, dialect, joined = [] }: Given = {}) {
  const told: string[] = [];
  const caught: string[] = [];
  let heard: (() => void) | null = null;
  let rooms = joined;
  const askedLink = vi.fn(link ?? undefined);
  const askedServer = vi.fn(call);
  const session: Partial<LinkSession> = {
    call: askedServer,
    ...(link !== null && { probe: askedLink }),
  };
  const end = probeLink(
    {
      link: session as LinkSession,
      dialect: dialect === undefined ? {} : { probe: dialect },
      listen(listener) {
        heard = listener;
        return () => {
          heard = null;
        };
      },
      joined: () => rooms,
      timeout: 5_000,
      problems: { caught: (where, thrown) => void caught.push(`${where}: ${thrown}`) },
    },
    (found) => told.push(found),
  );
  return {
    told,
    caught,
    askedLink,
    askedServer,
    end,
    isListening: () => heard !== null,
    hear: () => heard?.(),
    nowIn(...names: string[]) {
      rooms = names;
    },
  };
}

/** A call of which the test is the server. */
function held<T>(): { given: Promise<T>; answer: (value: T) => void; fail: (thrown: unknown) => void } {
  let answer: (value: T) => void = () => {};
  let fail: (thrown: unknown) => void = () => {};
  const given = new Promise<T>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { given, answer, fail };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

const saysRooms = async (call: Call) => (await call('probe')) as string[];

describe('the question for a sign of life', () => {
  test('[EN-2] goes to the link where the dialect has no words for it', () => {
    const it = ask({ link: (answered) => answered() });
    expect(it.told).toEqual(['answered']);
    expect(it.askedServer).not.toHaveBeenCalled();
  });

  test('[EN-2] goes to the server in the words of the dialect, and has the whole time', async () => {
    const it = ask({ dialect: async (call) => (await call('probe', 1, 'two')) as null });
    await turns();
    expect(it.told).toEqual(['answered']);
    expect(it.askedServer.mock.calls).toEqual([['probe', [1, 'two'], 5_000]]);
    expect(it.askedLink).not.toHaveBeenCalled();
  });

  test('[EN-2] is not asked where there is nothing to ask with: the link keeps its own heartbeat', () => {
    const it = ask({ link: null });
    expect([it.told, it.isListening(), it.caught]).toEqual([['answered'], false, []]);
  });

  test.each<[string, Given]>([
    ['the link', {}],
    ['the server', { dialect: () => new Promise(() => {}) }],
  ])('[EN-2] tells nothing while %s is silent', async (_, given) => {
    const it = ask(given);
    await turns();
    expect([it.told, it.isListening(), it.caught]).toEqual([[], true, []]);
  });

  test.each<[string, Given]>([
    ['the link', {}],
    ['the server', { dialect: () => new Promise(() => {}) }],
  ])('[EN-2] is answered by any message that comes, though %s says nothing', (_, given) => {
    const it = ask(given);
    it.hear();
    expect([it.told, it.isListening()]).toEqual([['answered'], false]);
  });

  test('[EN-2] is answered once: by a message, the server and the link, in any order', async () => {
    const server = held<null>();
    const answers: (() => void)[] = [];
    const it = ask({ link: (answered) => answers.push(answered), dialect: () => server.given });
    const other = ask({ link: (answered) => answers.push(answered) });
    it.hear();
    server.answer(null);
    answers[0]?.();
    answers[0]?.();
    other.hear();
    await turns();
    expect([it.told, other.told]).toEqual([['answered'], ['answered']]);
  });

  test('[EN-2] tells nothing after it was given up, whatever comes', async () => {
    const [answers, fails, breaks] = [held<null>(), held<null>(), held<null>()];
    let answered = () => {};
    const all = [
      ask({ dialect: () => answers.given }),
      ask({ dialect: () => fails.given }),
      ask({ dialect: () => breaks.given }),
      ask({
        link(sign) {
          answered = sign;
        },
      }),
    ];
    for (const { end } of all) end();
    for (const { end } of all) end();
    answered();
    answers.answer(null);
    fails.fail(new LinkCallError('lost'));
    breaks.fail(new Error('late'));
    await turns();
    for (const it of all) {
      expect([it.told, it.caught, it.isListening()]).toEqual([[], [], false]);
    }
    expect(all[2]?.askedLink).not.toHaveBeenCalled();
  });

  test.each(['not-open', 'timeout', 'lost'] as const)(
    '[EN-2] tells nothing when the call to the server ends as %s: that is silence, and no defect',
    async (reason) => {
      const it = ask({ dialect: saysRooms, call: () => Promise.reject(new LinkCallError(reason)) });
      await turns();
      expect([it.told, it.caught, it.isListening()]).toEqual([[], [], true]);
      expect(it.askedLink).not.toHaveBeenCalled();
    },
  );

  test.each<[string, NonNullable<Dialect['probe']>]>([
    [
      'throws',
      () => {
        throw new Error('a defect');
      },
    ],
    ['rejects', () => Promise.reject(new Error('a defect'))],
  ])('[LC-13, EN-2] of a dialect that %s is told as a problem, and goes to the link', async (_, dialect) => {
    const it = ask({ dialect, link: (answered) => answered() });
    await turns();
    expect(it.caught).toEqual(['`dialect.probe`: Error: a defect']);
    expect(it.told).toEqual(['answered']);
  });

  test('[LC-13] of a link that throws is told as a problem, and ends no link that may live', () => {
    const it = ask({
      link() {
        throw new Error('a defect');
      },
    });
    expect([it.told, it.caught]).toEqual([['answered'], ['the link in probe: Error: a defect']]);
  });

  test('[LC-13] of a link that answers and then throws is answered once', () => {
    const it = ask({
      link(answered) {
        answered();
        throw new Error('a defect');
      },
    });
    expect(it.told).toEqual(['answered']);
  });
});

describe('what the server has of the rooms', () => {
  const answering = (rooms: unknown) => ({ dialect: saysRooms, call: async () => rooms });

  test.each([
    ['all of them', ['a', 'b']],
    ['more of them', ['own id', 'b', 'a', 'c']],
    ['nothing', null],
    ['nothing at all', undefined],
    ['no list', { rooms: [] }],
    ['a word', 'a'],
    ['a list of no names', [1, 2]],
    ['a list that is not of names alone', ['c', null]],
  ])('[RM-3] %s is a sign of life and no ghost', async (_, rooms) => {
    const it = ask({ ...answering(rooms), joined: ['a', 'b'] });
    await turns();
    expect([it.told, it.caught]).toEqual([['answered'], []]);
  });

  test.each([
    ['no room', []],
    ['its own alone', ['own id']],
    ['one too few', ['a']],
  ])('[RM-3] %s is a ghost session', async (_, rooms) => {
    const it = ask({ ...answering(rooms), joined: ['a', 'b'] });
    await turns();
    expect(it.told).toEqual(['ghost']);
  });

  test('[RM-3] no room is no ghost where none was confirmed', async () => {
    const it = ask(answering([]));
    await turns();
    expect(it.told).toEqual(['answered']);
  });

  test('[RM-3] a room that was left meanwhile is not missed', async () => {
    const server = held<unknown>();
    const it = ask({ dialect: saysRooms, call: () => server.given, joined: ['a'] });
    it.nowIn();
    server.answer([]);
    await turns();
    expect(it.told).toEqual(['answered']);
  });

  test('[RM-3] a room that was joined meanwhile is not missed: the question may have been earlier', async () => {
    const server = held<unknown>();
    const it = ask({ dialect: saysRooms, call: () => server.given });
    it.nowIn('a');
    server.answer([]);
    await turns();
    expect(it.told).toEqual(['answered']);
  });

  test('[LC-13] a list that throws when it is read is a defect, and the link is asked', async () => {
    const trap = new Proxy([], {
      get(target, key) {
        if (key === 'every') throw new Error('hostile');
        return Reflect.get(target, key);
      },
    });
    const it = ask({ ...answering(trap), joined: ['a'], link: (answered) => answered() });
    await turns();
    expect([it.told, it.caught]).toEqual([['answered'], ['`dialect.probe`: Error: hostile']]);
  });
});
