import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the built pages, or why there is none. */
    page: { readonly folder: string; readonly error: string };
  }
}

/** Builds the pages once for a run. A failure is that of the browser's tests, not of the whole run. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
  let error = '';
  try {
    await buildPage('../../browser/page', folder, '/');
    // The bridge to the classic inspector needs the XState 4 that lies beside it.
    await buildPage('../../../packages/inspect-classic/test/page', join(folder, 'classic'), '/classic/');
  } catch (thrown) {
    error = `the page could not be built: ${thrown instanceof Error ? thrown.message : thrown}`;
  }
  project.provide('page', { folder, error });
  return () => rmSync(folder, { recursive: true, force: true });
}

const lingerOfBrowsers = fileURLToPath(new URL('../../../src/link/linger-browser.ts', import.meta.url));

/** Every HTML file of a folder, with what it needs. */
async function buildPage(source: string, outDir: string, base: string): Promise<void> {
  const root = fileURLToPath(new URL(source, import.meta.url));
  const input = readdirSync(root).filter((name) => name.endsWith('.html'));
  await build({
    root,
    base,
    configFile: false,
    logLevel: 'error',
    // As "browser" in package.json has it for the built package.
    resolve: { alias: [{ find: './linger.ts', replacement: lingerOfBrowsers }] },
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      sourcemap: 'inline',
      target: 'es2022',
      rolldownOptions: { input: input.map((name) => join(root, name)) },
    },
  });
}
