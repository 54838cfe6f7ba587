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

/** Builds the page once for a run. A failure is that of the browser's tests, not of the whole run. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
  let error = '';
  try {
    await build({
      root: fileURLToPath(new URL('../../browser/page', import.meta.url)),
      configFile: false,
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true, minify: false, sourcemap: 'inline', target: 'es2022' },
    });
  } catch (thrown) {
    error = `the page could not be built: ${thrown instanceof Error ? thrown.message : thrown}`;
  }
  project.provide('page', { folder, error });
  return () => rmSync(folder, { recursive: true, force: true });
}
