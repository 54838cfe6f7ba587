import { expect, test } from 'vitest';
import { assertConnectionHolds } from '../../src/testing/index.ts';
import { blocks } from '../support/docs/blocks.ts';

/** The blocks of docs/testing.md that show a run that fails: the run, what it prints, and the run again. */
const onPage = blocks.filter(({ at }) => at.startsWith('docs/testing.md:'));
const begins = onPage.findIndex(({ reason }) => reason?.startsWith('it fails, as it should'));
const [run, print, again] = onPage.slice(begins, begins + 3).map(({ code }) => code);

/** What somebody sees who plays this: the error, and what it was caused by. */
async function printed(code = ''): Promise<string> {
  const body = code.replace("import { assertConnectionHolds } from 'holdfast/testing';\n", '');
  const play = new Function('assertConnectionHolds', `return (async () => {${body}})();`);
  const error = await play(assertConnectionHolds).then(
    () => expect.fail('it holds'),
    (thrown: unknown) => thrown as Error & { readonly cause: Error },
  );
  const [found = ''] = error.message.split('\n\nHint');
  return `${found}\n\n${error.cause.message}\n`;
}

test('[TS-2] what the page shows of a failed run is what it prints today', async () => {
  expect(await printed(run)).toBe(print);
}, 60_000);

test('[TS-2] seed and path play the same end again', async () => {
  const story = print?.slice(print.indexOf('\n\n'));
  expect(await printed(again)).toContain(story);
});
