import { describe, expect, test } from 'vitest';
import { type DemoPage, useDemo } from '../support/browser/demo-page.ts';
import { useChromium } from '../support/browser/stage.ts';

const stage = useChromium();
const { open } = useDemo(stage);

/** What heals by itself: what the page says on its way, and what the server saw. */
const healing: Record<string, { clause: string; page: RegExp[]; server: RegExp[] }> = {
  cut: {
    clause: '[RE-1, IN-2]',
    page: [/^reconnecting: transport close \(1006\); attempt \d in \d+ ms$/, /^connected$/],
    server: [/^alice left: transport (close|error)$/, /^let alice in$/],
  },
  silence: {
    clause: '[LK-5]',
    page: [/^reconnecting: ping timeout; attempt 1 in \d+ ms$/, /^connected$/],
    server: [/^let alice in$/],
  },
  drain: {
    clause: '[RE-7]',
    // The server asked for 3 s, and the spread comes on top of that.
    page: [/^reconnecting: io server disconnect; attempt \d in [3-9]\d{3} ms$/, /^connected$/],
    server: [/^alice left: server namespace disconnect$/, /^let alice in$/],
  },
  expire: {
    clause: '[RE-7, CR-1]',
    page: [/^attempt \d: asks for a credential \(expired\)$/, /^connected$/],
    server: [/^alice left: server namespace disconnect$/, /^let alice in$/],
  },
  'refuse-credential': {
    clause: '[CR-6]',
    page: [/^reconnecting: transport close/, /^attempt \d: asks for a credential/, /^connected$/],
    server: [/^refused the token: unauthorized$/, /^let alice in$/],
  },
  hang: {
    clause: '[CR-4]',
    page: [/^reconnecting: no credential within 3000 ms; attempt \d in \d+ ms$/, /^connected$/],
    server: [/^let alice in$/],
  },
  sleep: {
    clause: '[EN-2]',
    page: [/^reconnecting: no sign of life within 1500 ms; attempt \d in \d+ ms$/, /^connected$/],
    server: [/^let alice in$/],
  },
};

/** What stops until somebody acts: what the banner says, how loud, and which act brings it back. */
const resting = {
  supersede: {
    clause: '[RE-7, IN-2]',
    status: 'idle',
    said: /^idle: superseded$/,
    banner: { tone: 'stopped', polite: 'In use somewhere else', assertive: '' },
    more: /^Another tab or device took over/,
    way: '[data-call="retry"]',
  },
  forbid: {
    clause: '[RE-7, IN-2]',
    status: 'auth-failed',
    said: /^auth-failed: io server disconnect$/,
    banner: { tone: 'stopped', polite: '', assertive: 'You have no access' },
    more: /^io server disconnect The server will not let this user in\./,
    way: '.banner-act',
  },
  nobody: {
    clause: '[CR-3, CR-8]',
    status: 'auth-failed',
    said: /^auth-failed: there is nobody signed in$/,
    banner: { tone: 'stopped', polite: '', assertive: 'Please sign in again' },
    more: /^there is nobody signed in The credential provider says/,
    way: '[data-call="signIn"]',
  },
} as const;

const others = [
  'offline',
  'online',
  'kill',
  'restart',
  'lose-answer',
  'refuse-message',
  'expire-message',
  'hide',
];

test('every button of the panel is pressed here', async () => {
  const page = await open('alice');
  const there = await page.tab.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-fault]')].map(({ dataset }) => dataset['fault'] ?? ''),
  );
  expect(there.sort()).toEqual([...Object.keys(healing), ...Object.keys(resting), ...others].sort());
});

describe('a fault that heals by itself', () => {
  test.each(named(healing))('%s', async (_, name, { page: says, server }) => {
    const page = await open('alice');
    const bob = name === 'drain' ? null : await open('bob');
    await page.suffers(name, 'well');
    await page.reaches('connected.live');
    for (const what of says) await page.saw('page', what);
    for (const what of server) await page.saw('server', what);
    // The dip is over, and with it the banner.
    await expect
      .poll(() => page.banner())
      .toMatchObject({ tone: 'calm', polite: 'Connected', more: expect.stringMatching(/^Break something,/) });
    page.expectCleanConsole();
    // What is for one tab touches no other.
    await bob?.charts('connected.live');
    expect(await bob?.scenes()).toEqual(bob === null ? undefined : []);
  });
});

describe('a fault that stops it', () => {
  test.each(named(resting))('%s', async (_, name, { status, said, banner, more, way }) => {
    const page = await open('alice');
    await page.suffers(name, 'resting');
    await page.saw('page', said);
    await page.reaches(name === 'supersede' ? 'idle' : status);
    expect(await page.banner()).toMatchObject({
      ...banner,
      countdown: '',
      more: expect.stringMatching(more),
    });
    await page.press(way);
    await page.reaches('connected.live');
    await expect
      .poll(() => page.banner())
      .toMatchObject({ tone: 'calm', polite: 'Connected', assertive: '' });
    page.expectCleanConsole({ isCalledOff: name === 'nobody' });
  });
});

describe('a fault that lasts', () => {
  test('[RE-5] offline: nothing is tried until it is back', async () => {
    const page = await open('alice');
    await page.suffers('offline', 'open');
    await page.reaches('reconnecting.offline');
    await expect.poll(() => page.banner()).toMatchObject({ polite: 'You are offline', action: '' });
    await page.say('Written offline');
    await page.shows('Written offline', 'queued');
    // Somebody else's time passes: more than it takes to come back from any other fault.
    await (await open('bob')).suffers('drain', 'well');
    await page.charts('reconnecting.offline');
    expect((await page.scenes()).filter(({ what }) => /let alice in|attempt/.test(what))).toEqual([]);
    await page.suffers('online', 'well');
    await page.shows('Written offline', 'acknowledged');
    page.expectCleanConsole();
  });

  test('[LC-8, RE-1, IN-2] kill: it counts down, gives up after a while, and comes back when it is told', async () => {
    const page = await open('alice');
    await page.suffers('kill', 'open');
    await page.saw('server', /^the server process died$/);
    await page.reaches('reconnecting.waiting');
    await expect
      .poll(() => page.banner(), { timeout: 20_000 })
      .toMatchObject({
        tone: 'trouble',
        polite: 'Reconnecting',
        countdown: expect.stringMatching(/^in \d s$/),
        more: expect.stringContaining('The server could not be reached.'),
        action: 'Try now',
      });
    await page.reaches('exhausted');
    expect(await page.banner()).toMatchObject({
      tone: 'stopped',
      polite: '',
      assertive: 'Could not reconnect',
    });
    await page.suffers('restart', 'resting');
    await page.saw('server', /^a server process listens \(pid \d+\)$/);
    await page.press('.banner-act');
    await page.reaches('connected.live');
    page.expectCleanConsole({ isServerDown: true });
  });

  test('[RE-1] restart: the next attempt finds the server; a fault without one says so, and so does a second start', async () => {
    const page = await open('alice');
    await page.suffers('restart', 'well');
    await page.saw('page', /^there is a server already$/);
    await page.suffers('kill', 'open');
    await page.reaches('reconnecting.waiting');
    await page.suffers('expire', 'open');
    await page.saw('page', /^there is no server to do it/);
    await page.suffers('restart', 'well');
    await page.reaches('connected.live');
    page.expectCleanConsole({ isServerDown: true });
  });
});

describe('a fault of a message', () => {
  test('[OB-3] lose-answer: it goes again, and nothing is done twice', async () => {
    const [page, bob] = await both();
    await page.suffers('lose-answer', 'well');
    await page.saw('server', /^stored a message, and lost the answer$/);
    await page.saw('server', /^got a message that it had, and did nothing twice$/);
    await page.shows('Did this one arrive?', 'acknowledged');
    await bob.shows('Did this one arrive?', null);
    expect((await page.scenes()).filter(({ what }) => what === 'the message is sending')).toHaveLength(2);
    page.expectCleanConsole();
  });

  test('[OB-6] refuse-message: it ends with the reason', async () => {
    const [page, bob] = await both();
    await page.suffers('refuse-message', 'well');
    await page.shows('Please take this one.', 'refused');
    const [{ mark } = { mark: '' }] = await page.lines('Please take this one.');
    expect(mark).toContain('refused: the server will not have this one');
    expect(await bob.lines('Please take this one.')).toEqual([]);
    page.expectCleanConsole();
  });

  test('[OB-5] expire-message: the server never sees it', async () => {
    const [page, bob] = await both();
    await page.suffers('expire-message', 'well');
    await page.shows('Anyone for tea, right now?', 'expired');
    await page.say('After the tea');
    // What comes later is there: what was before it never came.
    await bob.shows('After the tea', null);
    expect(await bob.lines('Anyone for tea, right now?')).toEqual([]);
    page.expectCleanConsole();
  });

  async function both(): Promise<[DemoPage, DemoPage]> {
    const profile = stage.profile();
    return [await open('alice', 'lobby', profile), await open('bob', 'lobby', profile)];
  }
});

test('[EN-2] hide: the link is asked for a sign of life, and nothing shows', async () => {
  const page = await open('alice');
  const scenes = await page.suffers('hide', 'well');
  expect(scenes).toEqual([
    { who: 'page', what: 'hidden and visible again: the link is asked for a sign of life' },
  ]);
  await page.charts('connected.live');
  page.expectCleanConsole();
});

/** For `test.each`: the name with the clauses in front, the fault, and what is to be seen of it. */
function named<T extends { readonly clause: string }>(table: Readonly<Record<string, T>>) {
  return Object.entries(table).map(([name, fault]) => [`${fault.clause} ${name}`, name, fault] as const);
}
