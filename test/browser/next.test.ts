import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import {
  authenticate,
  exactlyOnce,
  jwt,
  memoryDedupe,
  memoryHistory,
  rooms,
} from '../../src/server/index.ts';
import { root } from '../../tools/paths.ts';
import { buildExample } from '../support/browser/example.ts';
import { ExamplePage } from '../support/browser/example-page.ts';
import { filesIn, startSite } from '../support/browser/site.ts';
import { useChromium } from '../support/browser/stage.ts';
import { secret, tokenOf } from '../support/tokens.ts';

const stage = useChromium();

interface Post {
  readonly id: string;
  readonly from: string;
  readonly text: string;
}

/** What examples/next/render.tsx gives. */
interface Rendering {
  render(now: { posts: readonly Post[]; cursor: string }): Promise<{ html: string; props: object }>;
}

/** The page as a server renders it now, on the server of its chat. */
async function serve() {
  const into = join(root, 'node_modules/.cache');
  mkdirSync(into, { recursive: true });
  const mode = 'development';
  const [files, rendering] = [
    await buildExample('next', { mode }),
    await buildExample('next', { mode, into, options: ['--ssr', 'render.tsx'] }),
  ];
  const server: Rendering = await import(pathToFileURL(join(rendering, 'render.js')).href);
  const posts: Post[] = [];
  let cursor = '';
  const page = async () => {
    const { html, props } = await server.render({ posts, cursor });
    const given = JSON.stringify(props).replaceAll('<', '\\u003c');
    return readFileSync(join(files, 'index.html'), 'utf8')
      .replace('<!--page-->', () => html)
      .replace('<!--props-->', () => `<script>chatUrl = location.origin; props = ${given}</script>`);
  };
  let answer = page;
  const other = filesIn(files);
  const site = await startSite({}, async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    if (pathname === '/token') response.end(await tokenOf());
    else if (pathname === '/') response.setHeader('content-type', 'text/html').end(await answer());
    else other(request, response);
  });
  authenticate(site.io, { verify: jwt({ secret }) });
  const { broadcast } = rooms(site.io, { mayJoin: () => true, history: memoryHistory() });
  const { onMessage } = exactlyOnce(site.io, { store: memoryDedupe() });
  const say = async (post: Post) => {
    cursor = (await broadcast('lobby', 'message:new', post)) ?? '';
    posts.push(post);
  };
  onMessage('message:send', async ({ text }, { id = '', user }) => {
    await say({ id, from: user, text });
    return 'said';
  });
  /** From now on everybody gets the page as it is at this moment. */
  const freeze = async () => {
    const html = await page();
    answer = async () => html;
    return html;
  };
  return { site, say, freeze };
}

test('[LC-2, LC-14, SV-8] a page that a server renders is hydrated, connects once, and misses nothing said meanwhile', async () => {
  const { site, say, freeze } = await serve();
  await say({ id: '1', from: 'bob', text: 'before' });
  const html = await freeze();
  expect(html).toContain('<p role="status">idle</p>');
  expect(html).toContain('bob<!-- -->: <!-- -->before');
  expect(site.handshakes).toBe(0);
  await say({ id: '2', from: 'bob', text: 'between' });

  const page = new ExamplePage(await stage.tab(site.url));
  await page.shows('connected');
  await page.lists('Messages', 'bob: before', 'bob: between');
  await page.send('hello');
  await page.lists('Messages', 'bob: before', 'bob: between', 'alice: hello');
  expect(site.connections).toBe(1);
  expect(page.complaints()).toEqual([]);

  // Part of the page comes alive when the connection is there already: React would complain of any other first picture.
  const late = new ExamplePage(await stage.tab(`${site.url}?late`));
  await late.shows('connected');
  await late.lists('Messages', 'bob: before', 'bob: between', 'alice: hello');
  expect(site.connections).toBe(2);
  expect(late.complaints()).toEqual([]);
});
