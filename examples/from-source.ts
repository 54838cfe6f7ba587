/**
 * In this repository `holdfast` is its own source, so that an example shows what is there now; in a project of yours it is
 * the package from npm, and none of this is needed. `tsconfig.base.json` says the same to TypeScript.
 */
import { fileURLToPath } from 'node:url';

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** For `resolve.alias` of Vite. The longer names come first: the first that fits is taken. */
export const holdfastFromSource = {
  'holdfast/inspect': source('inspect/index.ts'),
  'holdfast/browser': source('browser/index.ts'),
  'holdfast/node': source('node/index.ts'),
  'holdfast/server': source('server/index.ts'),
  'holdfast/opentelemetry': source('opentelemetry/index.ts'),
  'holdfast/testing': source('testing/index.ts'),
  holdfast: source('index.ts'),
};
