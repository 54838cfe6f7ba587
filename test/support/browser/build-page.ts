import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with the built page, or why there is none. */
    page: { readonly folder: string; readonly error: string };
  }
}

/** The one for most tests; one under a strict content security policy; one that listens as Stately's inspector does. */
const pages = ['index.html', 'strict.html', 'stately.html'];

/** Builds the page once for a run. A failure is that of the browser's tests, not of the whole run. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
  let error = '';
  const root = fileURLToPath(new URL('../../browser/page', import.meta.url));
  try {
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        outDir: folder,
        emptyOutDir: true,
        minify: false,
        sourcemap: 'inline',
        target: 'es2022',
        rolldownOptions: { input: pages.map((name) => join(root, name)) },
      },
    });
  } catch (thrown) {
    error = `the page could not be built: ${thrown instanceof Error ? thrown.message : thrown}`;
  }
  project.provide('page', { folder, error });
  return () => rmSync(folder, { recursive: true, force: true });
}
