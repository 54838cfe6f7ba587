import { expect, test } from 'vitest';
import { patience } from '../support/browser/devtools.ts';
import { buildExample, startExample } from '../support/browser/example.ts';
import { ExamplePage } from '../support/browser/example-page.ts';
import { useChromium } from '../support/browser/stage.ts';

const stage = useChromium();

test.each(['vanilla', 'react', 'vue', 'svelte', 'solid', 'angular'])(
  '[LC-2, ST-3, ST-4, OB-1, OB-2, OB-6, ID-1, RM-1, MS-1] the example for %s keeps one connection through a day of its users',
  async (name) => {
    await aDay(await buildExample(name));
  },
);

test('[LC-2, ST-3] React in StrictMode, which mounts everything twice, connects once', async () => {
  const page = await aDay(await buildExample('react', { mode: 'development' }), {
    prepare: watchReact,
    whileAway: ({ tab }) => tab.until(() => /^Attempt [2-9]/m.test(document.body.innerText)),
  });
  expect(await page.tab.evaluate(() => window.reactSeen)).toEqual({ isForDevelopers: true, isStrict: true });
});

declare global {
  interface Window {
    /** What React told the hook of its developer tools. */
    reactSeen: { isForDevelopers: boolean; isStrict: boolean };
  }
}

/** Effects run twice in a build for developers, under StrictMode. */
function watchReact(): void {
  window.reactSeen = { isForDevelopers: false, isStrict: false };
  const strictEffects = 16;
  const hook = {
    supportsFiber: true,
    inject({ bundleType }: { bundleType: number }) {
      window.reactSeen.isForDevelopers = bundleType === 1;
      return 1;
    },
    onCommitFiberRoot(_: number, { current }: { current: { child: { mode: number } | null } }) {
      window.reactSeen.isStrict = ((current.child?.mode ?? 0) & strictEffects) !== 0;
    },
    onCommitFiberUnmount() {},
    onPostCommitFiberRoot() {},
  };
  Object.assign(window, { __REACT_DEVTOOLS_GLOBAL_HOOK__: hook });
}

interface DayOptions {
  /** Runs in the page before its own scripts. */
  readonly prepare?: () => void;
  /** Looks at the page in the long outage. */
  readonly whileAway?: (page: ExamplePage) => Promise<unknown>;
}

/** From signing in to the next user, in a browser, with a server that is away for a moment and for longer. */
async function aDay(
  folder: string,
  { prepare = () => {}, whileAway = async () => {} }: DayOptions = {},
): Promise<ExamplePage> {
  const { site, arrived } = await startExample(folder);
  const users = () => site.sockets.map(({ data }) => data.user);
  const tab = await stage.tab('about:blank');
  // The waits between attempts are drawn by lot: always a short one, so that a short dip is one.
  await tab.send('Page.addScriptToEvaluateOnNewDocument', {
    source: `Math.random = () => 0.1; (${prepare})();`,
  });
  await tab.open(site.url);
  const page = new ExamplePage(tab);

  await page.shows('not connected (initial)');
  expect(site.handshakes).toBe(0);
  await page.signIn('alice');
  await page.shows('connected as alice');
  expect(site.handshakes).toBe(1);
  expect(users()).toEqual(['alice']);

  await page.send('hello');
  await page.lists('Sent', 'hello (acknowledged)');
  await page.lists('Messages', 'alice: hello');
  const tooLong = 'x'.repeat(201);
  await page.send(tooLong);
  await page.lists('Sent', 'hello (acknowledged)', `${tooLong} (refused)`);

  await page.watchStatus();
  site.away();
  site.returns();
  await expect.poll(() => site.connections, { timeout: patience }).toBe(2);
  await page.send('still there?');
  await page.lists('Messages', 'alice: hello', 'alice: still there?');
  expect(await page.statusStory()).toEqual(['connected as alice']);

  site.away();
  await expect.poll(() => page.status(), { timeout: patience }).toMatch(/^reconnecting, attempt \d+: /);
  await page.send('one');
  await page.send('two');
  const waiting = ['one (queued)', 'two (queued)'];
  await page.lists(
    'Sent',
    'hello (acknowledged)',
    `${tooLong} (refused)`,
    'still there? (acknowledged)',
    ...waiting,
  );
  await whileAway(page);
  site.returns();
  await page.shows('connected as alice');
  await page.lists('Messages', 'alice: hello', 'alice: still there?', 'alice: one', 'alice: two');
  const [, ...later] = await page.statusStory();
  expect(later.pop()).toBe('connected as alice');
  expect(later.filter((text) => !text.startsWith('reconnecting'))).toEqual([]);
  await site.settled(1);

  for (let id = 1; id <= 150; id += 1) site.io.emit('message:new', { id: 1_000 + id, from: 'bot', text: id });
  await expect
    .poll(async () => (await page.items('Messages')).at(-1), { timeout: patience })
    .toBe('bot: 150');
  expect(await page.items('Messages')).toHaveLength(100);

  await page.signOut();
  await page.shows('not connected (signed-out)');
  await site.settled(0);
  const before = site.connections;
  await page.signIn('bob');
  await page.shows('connected as bob');
  await site.settled(1);
  expect(users()).toEqual(['bob']);
  expect(site.connections).toBe(before + 1);
  await page.send('hi');
  await page.lists('Messages', 'bob: hi');
  await page.lists('Sent', 'hi (acknowledged)');

  expect(arrived).toEqual(['hello', tooLong, 'still there?', 'one', 'two', 'hi']);
  expect(page.complaints()).toEqual([]);
  return page;
}
