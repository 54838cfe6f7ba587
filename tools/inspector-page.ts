/** Builds the page that `localInspector()` serves in Node, into `dist/inspector`: a part of `npm run build`. */
import { join } from 'node:path';
import { build } from 'vite';
import { isMain, root } from './paths.ts';

export async function buildInspectorPage(folder: string): Promise<void> {
  await build({
    root: join(root, 'src/inspect/page'),
    configFile: false,
    logLevel: 'error',
    base: './',
    // No inlined code: the page's content security policy allows none.
    build: {
      outDir: folder,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
}

if (isMain(import.meta.url)) await buildInspectorPage(join(root, 'dist/inspector'));
