import { describe, expect, test } from 'vitest';
import { type Failure, failure } from '../../machines/verdict.ts';
import { createBareMachine } from '../support/bare-machine.ts';

const noRooms = failure('rooms-unanswered', 'no answer for a room');
const noSync = failure('sync-failed', 'no answer from sync');
const restore = { hasSync: true, retries: { rooms: 1, missed: 1 } };

/** Connected for the second time, with rooms to join and messages missed. */
function createReturned() {
  const m = createBareMachine({ restore });
  m.say({ type: 'user.connect', identity: 'alice' });
  m.grant();
  m.opened();
  m.ends('lost');
  m.say('user.retry');
  m.grant();
  m.opened({ hasRooms: true });
  m.news();
  return m;
}

type Machine = ReturnType<typeof createReturned>;

/** How to get to each state of the session from `createReturned`. */
const ways: Readonly<Record<string, (m: Machine) => void>> = {
  'rooms.working': () => {},
  'rooms.pausing': (m) => m.notRestored(noRooms),
  'missed.working': (m) => m.restored(),
  'missed.pausing'(m) {
    m.restored();
    m.notRestored(noSync);
  },
  live(m) {
    m.restored();
    m.restored();
  },
  degraded(m) {
    m.notRestored(noRooms, false);
    m.restored();
  },
};

const said: Readonly<Record<string, (m: Machine) => void>> = {
  done: (m) => m.say({ type: 'restoring.done', epoch: m.context().epoch }),
  'failed once': (m) => fail(m, noSync, true),
  'failed for good': (m) => fail(m, noSync, false),
  'pause over': (m) => m.clock.increment(500),
  gap: (m) => m.say({ type: 'inbox.gap', epoch: m.context().epoch }),
  retry: (m) => m.say('user.retry'),
  'connect as before': (m) => m.say({ type: 'user.connect', identity: 'alice' }),
  'credential changed': (m) => m.say('user.credential-changed'),
  'done, older': (m) => m.say({ type: 'restoring.done', epoch: m.context().epoch - 1 }),
  'failed, older': (m) => fail(m, noSync, true, -1),
  'gap, older': (m) => m.say({ type: 'inbox.gap', epoch: m.context().epoch - 1 }),
  lost: (m) => m.ends('lost'),
  disconnect: (m) => m.say('user.disconnect'),
};

function fail(m: Machine, because: Failure, mayRetry: boolean, older = 0): void {
  m.say({ type: 'restoring.failed', epoch: m.context().epoch + older, failure: because, mayRetry });
}

/** Written by hand from the spec: what each word leads to in each state of the session; `.` stays, `out` leaves it. */
const table = `
event              | rooms.working  | rooms.pausing | missed.working | missed.pausing | live           | degraded
done               | missed.working | .             | live           | .              | .              | .
failed once        | rooms.pausing  | .             | missed.pausing | .              | .              | .
failed for good    | missed.working | .             | live           | .              | .              | .
pause over         | .              | rooms.working | .              | missed.working | .              | .
gap                | .              | .             | .              | .              | missed.working | rooms.working
retry              | .              | .             | .              | .              | .              | rooms.working
connect as before  | .              | .             | .              | .              | .              | .
credential changed | .              | .             | .              | .              | .              | .
done, older        | .              | .             | .              | .              | .              | .
failed, older      | .              | .             | .              | .              | .              | .
gap, older         | .              | .             | .              | .              | .              | .
lost               | out            | out           | out            | out            | out            | out
disconnect         | out            | out           | out            | out            | out            | out
`;

const [head = [], ...rows] = table
  .trim()
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));
const cells = rows.flatMap(([event = '', ...words]) =>
  words.map((word, column) => [event, head[column + 1] ?? '', word] as const),
);

describe('the session after a link was accepted', () => {
  test.each(cells)('[LC-7, SY-1, RM-1] %s in %s: %s', (event, state, word) => {
    const m = createReturned();
    ways[state]?.(m);
    const before = m.session();
    expect(before).toBe(state === 'degraded' ? 'live' : state);
    said[event]?.(m);
    expect(m.session()).toBe({ '.': before, out: '' }[word] ?? word);
  });

  test('[OB-2, SY-1] rooms come first, then what was missed, then the outbox opens', () => {
    const m = createReturned();
    expect(m.session()).toBe('rooms.working');
    m.restored();
    m.restored();
    expect(m.news()).toEqual(['restore missed', 'open session']);
  });

  test('[SV-8, RM-4] the first link of an identity is asked for what its handshake asked for', () => {
    const m = createBareMachine({ restore });
    m.say('user.connect');
    m.grant();
    m.news();
    m.opened({ catchesUp: true });
    expect(m.news()).toEqual(['begin session', 'hold', 'restore missed']);
  });

  test('[MS-4] messages wait from before the rooms are joined', () => {
    const m = createBareMachine({ restore });
    m.say('user.connect');
    m.grant();
    m.opened();
    m.ends('lost');
    m.say('user.retry');
    m.grant();
    m.news();
    m.opened({ hasRooms: true });
    expect(m.news()).toEqual(['begin session', 'hold', 'restore rooms']);
  });

  test.each([
    ['[SY-1] the first link of an identity has missed nothing', {}, (m: Machine) => m.opened()],
    [
      '[SY-1, RM-4] nor has one whose session was recovered, whatever its handshake asked for',
      {},
      (m: Machine) => m.opened({ recovered: true, catchesUp: true }),
    ],
    [
      '[SY-1] nor has one whose session was recovered',
      {},
      (m: Machine) => {
        m.opened();
        m.ends('lost');
        m.say('user.retry');
        m.grant();
        m.opened({ recovered: true });
      },
    ],
    [
      '[SY-1, ID-1] nor the first of another identity',
      {},
      (m: Machine) => {
        m.opened();
        m.say({ type: 'user.connect', identity: 'bob' });
        m.grant();
        m.opened();
      },
    ],
    [
      '[SY-1] nor one that has nobody to ask',
      { hasSync: false },
      (m: Machine) => {
        m.opened();
        m.ends('lost');
        m.say('user.retry');
        m.grant();
        m.opened();
      },
    ],
  ])('%s: live at once', (_, given, lead) => {
    const m = createBareMachine({ restore: { ...restore, ...given } });
    m.say({ type: 'user.connect', identity: 'alice' });
    m.grant();
    lead(m);
    expect(m.session()).toBe('live');
    expect(m.told.filter((each) => each === 'hold')).toEqual([]);
  });

  test('[SY-1] the first link after signing out and in again has missed nothing', () => {
    const m = createReturned();
    m.say('user.sign-out', { type: 'user.connect', identity: 'alice' });
    m.grant();
    m.opened();
    expect(m.session()).toBe('live');
  });

  test('[SY-1] a disconnect in between is a time in which messages were missed', () => {
    const m = createReturned();
    ways['live']?.(m);
    m.say('user.disconnect', 'user.connect');
    m.grant();
    m.opened();
    expect(m.session()).toBe('missed.working');
  });

  test('[SY-1] what was not caught up is owed by the next link, recovered or not', () => {
    const m = createReturned();
    m.restored();
    m.ends('lost');
    m.say('user.retry');
    m.grant();
    m.opened({ recovered: true });
    expect(m.session()).toBe('missed.working');
  });

  test('[SY-1] a step is tried again a bounded number of times, then it is live and says what is missing', () => {
    const m = createReturned();
    m.notRestored(noRooms);
    m.clock.increment(500);
    m.notRestored(noRooms);
    expect(m.session()).toBe('missed.working');
    m.notRestored(noSync);
    m.clock.increment(500);
    m.notRestored(noSync);
    expect(m.session()).toBe('live');
    expect(m.context().missing).toEqual([
      { ...noRooms, at: 500 },
      { ...noSync, at: 1_000 },
    ]);
    expect(m.news()).toEqual([...['restore rooms', 'restore missed', 'restore missed', 'open session']]);
  });

  test('[SY-1, RM-1] a step that failed is tried again only after a pause, drawn like the first delay', () => {
    const m = createReturned();
    m.notRestored(noRooms);
    m.clock.increment(m.input.policy.first / 2 - 1);
    expect(m.session()).toBe('rooms.pausing');
    m.clock.increment(1);
    expect(m.session()).toBe('rooms.working');
  });

  test('[SY-1] a retry by hand makes good what is missing, and only that', () => {
    const m = createReturned();
    ways['degraded']?.(m);
    m.news();
    m.say('user.retry');
    expect(m.news()).toEqual(['pause session', 'restore rooms']);
    expect(m.context().missing).toEqual([]);
    m.restored();
    expect(m.news()).toEqual(['open session']);
    m.say('user.retry');
    expect(m.news()).toEqual([]);
  });

  test('[RM-1, SY-1] rooms that are answered late are no longer missing; what else is, stays', () => {
    const m = createReturned();
    m.notRestored(noRooms, false);
    m.notRestored(noSync, false);
    m.news();
    m.say({ type: 'restoring.done', epoch: m.context().epoch });
    expect(m.session()).toBe('live');
    expect(m.context().missing.map(({ code }) => code)).toEqual(['sync-failed']);
    expect(m.context().owed).toEqual({ rooms: false, missed: true });
    expect(m.news()).toEqual([]);
  });

  test('[MS-3] a gap holds the messages behind it until it was asked for', () => {
    const m = createReturned();
    ways['live']?.(m);
    m.news();
    m.say({ type: 'inbox.gap', epoch: m.context().epoch });
    expect(m.news()).toEqual(['pause session', 'hold', 'restore missed']);
  });

  test('[MS-3] a gap that nobody can be asked for changes nothing', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant();
    m.opened();
    m.say({ type: 'inbox.gap', epoch: m.context().epoch });
    expect(m.session()).toBe('live');
  });

  test('[SY-1, ID-1] leaving ends the step under way, and another identity owes nothing', () => {
    const m = createReturned();
    m.restored();
    expect(m.stopped).toEqual(['rooms']);
    m.say({ type: 'user.connect', identity: 'bob' });
    expect(m.stopped).toEqual(['rooms', 'missed']);
    expect(m.context()).toMatchObject({
      hasConnected: false,
      owed: { rooms: false, missed: false },
      missing: [],
    });
  });

  test('[LC-7] restoring takes nothing from the stability of the link', () => {
    const m = createReturned();
    m.clock.increment(m.input.policy.stableAfter);
    expect(m.session()).toBe('rooms.working');
    expect(m.context().attempt).toBe(0);
  });
});
