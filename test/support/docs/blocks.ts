import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../tools/paths.ts';
import { type Page, pages } from './pages.ts';

/** A block of code in the docs. */
export interface Block {
  /** `README.md:12`, where the block begins. */
  readonly at: string;
  readonly language: string;
  readonly code: string;
  /** The file that it is taken from: `<!-- examples/vue/use.ts -->` before it. */
  readonly source: string | undefined;
  /** The file that the guide has its reader write: `<!-- guide: server.js -->` before it. */
  readonly step: string | undefined;
  /** Why it is not run: `<!-- not run: … -->` before it. */
  readonly reason: string | undefined;
  /** Between `<!-- chart:begin -->` and its end, or on a page that is made as a whole: a check holds it. */
  readonly isMade: boolean;
}

/** What becomes of a block, or `undefined` when nobody has said. */
export type Fate =
  | { readonly is: 'run'; readonly by: string }
  | { readonly is: 'checked'; readonly by: string }
  | { readonly is: 'exempt'; readonly reason: string };

const marker =
  /^(?:<!-- (?:(examples\/\S+)|guide: (\S+)|not run: (.+)) -->\n+)?(```(\S*)\n([\s\S]*?)^```$)/gm;

export function blocksOf({ path, text }: Page): Block[] {
  return [...text.matchAll(marker)].map((match) => {
    const [whole, source, step, reason, fence = '', language = '', code = ''] = match;
    const before = text.slice(0, match.index + whole.length - fence.length);
    const isMade =
      madePages.has(path) || [...before.matchAll(/<!-- \w+:(begin|end) -->/g)].at(-1)?.[1] === 'begin';
    return { at: `${path}:${before.split('\n').length}`, language, code, source, step, reason, isMade };
  });
}

/** `npm run diagram` and `npm run errors` make them as a whole. */
const madePages = new Set(['docs/chart.md', 'docs/errors.md']);

export const blocks: readonly Block[] = pages.flatMap(blocksOf);

/** Those that test/real/docs-blocks.test.ts runs, one by one, against a real server. */
export const isRunAsItIs = ({ language, source, step, reason }: Block): boolean =>
  language === 'ts' && source === undefined && step === undefined && reason === undefined;

export function fateOf(block: Block): Fate | undefined {
  const { language, source, step, reason, isMade } = block;
  if (reason !== undefined) return { is: 'exempt', reason };
  if (source !== undefined) {
    const by = testThatRuns(source);
    return by === undefined ? undefined : { is: 'run', by };
  }
  if (step !== undefined)
    return {
      is: 'run',
      by: step.endsWith('client.js') ? 'test/real/guide.test.ts' : 'test/browser/guide.test.ts',
    };
  if (isRunAsItIs(block)) return { is: 'run', by: 'test/real/docs-blocks.test.ts' };
  if (isMade) return { is: 'checked', by: 'npm run check' };
  if (language === 'sh') return { is: 'checked', by: 'test/docs/commands.test.ts' };
  if (language === 'nginx') return { is: 'run', by: 'test/real/docs-blocks.test.ts' };
  if (language === 'text') return { is: 'exempt', reason: 'what a program prints' };
  return undefined;
}

/** Examples run as a whole, a recipe where a test imports it. */
function testThatRuns(source: string): string | undefined {
  const [, folder = ''] = source.split('/');
  if (!existsSync(join(root, source))) return undefined;
  const named = wholeExamples[folder];
  if (named !== undefined) return isNamedIn(tests.get(named), folder) ? named : undefined;
  return [...tests].find(([, text]) => text.includes(`/${source}'`))?.[0];
}

function isNamedIn(test: string | undefined, folder: string): boolean {
  return test?.includes(`'${folder}'`) || test?.includes(`examples/${folder}`) || false;
}

const inBrowsers = 'test/browser/examples.test.ts';
const wholeExamples: Readonly<Record<string, string>> = {
  vanilla: inBrowsers,
  react: inBrowsers,
  vue: inBrowsers,
  svelte: inBrowsers,
  solid: inBrowsers,
  angular: inBrowsers,
  node: 'test/real/node-example.test.ts',
  cluster: 'test/real/cluster.test.ts',
  next: 'test/browser/next.test.ts',
};

/** Path → text of every test. */
const tests: ReadonlyMap<string, string> = new Map(
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => `test/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'))
    .sort()
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
);
