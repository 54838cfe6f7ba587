import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { buildExample } from '../support/browser/example.ts';

test('[LC-14] a page of React is rendered on a server: no DOM, no connection, nothing that keeps the process', async () => {
  // Beside the packages, which such a build leaves where they are.
  const into = join(root, 'node_modules/.cache');
  mkdirSync(into, { recursive: true });
  const folder = await buildExample('react', { into, options: ['--ssr', 'render.tsx'] });
  const script = `
    const { render } = await import(${JSON.stringify(pathToFileURL(join(folder, 'render.js')).href)});
    const pages = [render(), render()];
    const dom = ['window', 'document', 'location'].filter((name) => name in globalThis);
    console.log(JSON.stringify({ pages, dom, resources: process.getActiveResourcesInfo() }));
  `;
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', script],
    {
      timeout: 20_000,
    },
  );
  const { pages, dom, resources } = JSON.parse(stdout);
  expect(pages[0]).toContain('<p role="status">not connected (initial)</p>');
  expect(pages[0]).toContain('Sign in');
  expect(pages[1]).toBe(pages[0]);
  expect(dom).toEqual([]);
  expect(resources.filter((name: string) => /Timeout|Immediate|TCP|TLS|Addr/.test(name))).toEqual([]);
  expect(stderr).toBe('');
});
