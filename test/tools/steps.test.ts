import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { runSteps, type Step } from '../../tools/steps.ts';
import { plantTree } from './tree.ts';

let said = '';

beforeEach(() => {
  said = '';
  vi.spyOn(console, 'log').mockImplementation((text) => {
    said += `${text}\n`;
  });
});

const does = (name: string, script: string, more: Partial<Step> = {}): Step => ({
  name,
  command: `node -e "${script}"`,
  ...more,
});

test('every step runs, also after one that failed, whose words are shown', async () => {
  const steps = [
    does('first', `console.log('all is well')`),
    does('second', `console.log('this is why'); console.error('and that'); process.exit(3)`),
    does('third', ''),
  ];
  expect(await runSteps(steps)).toEqual(['second']);
  expect(said).toMatch(/✓ first .*▸ second: .*this is why\nand that\n✗ second .*✓ third /s);
  expect(said).not.toContain('all is well\n');
});

test('a command that is not there has failed', async () => {
  expect(await runSteps([{ name: 'lost', command: 'no-such-command' }])).toEqual(['lost']);
});

test('what builds on a step that failed does not run, nor what builds on that', async () => {
  const steps = [
    does('base', 'process.exit(1)', { beside: true }),
    does('house', '', { needs: 'base', beside: true }),
    does('roof', '', { needs: 'house', beside: true }),
    does('garden', '', { beside: true }),
  ];
  expect(await runSteps(steps)).toEqual(['base', 'house', 'roof']);
  expect(said).toContain('- roof: not run, because house failed');
});

test('steps that may run beside others do: each of these waits for the other', async () => {
  const folder = plantTree({});
  const meets = (mine: string, other: string) =>
    does(
      mine,
      `fs.writeFileSync('${join(folder, mine)}', ''); while (!fs.existsSync('${join(folder, other)}'));`,
      { beside: true },
    );
  expect(await runSteps([meets('one', 'other'), meets('other', 'one')], 2)).toEqual([]);
});

/** Marks in a file when it starts and when it ends. */
const marks = (file: string, name: string, beside: boolean) =>
  does(name, `fs.appendFileSync('${file}', '<'); setTimeout(() => fs.appendFileSync('${file}', '>'), 100)`, {
    beside,
  });

test('a step that may not runs alone: what is before it has ended, and what comes after waits', async () => {
  const file = join(plantTree({ log: '' }), 'log');
  await runSteps([marks(file, 'a', true), marks(file, 'b', false), marks(file, 'c', true)], 3);
  expect(readFileSync(file, 'utf8')).toBe('<><><>');
});

test('no more run at once than there is room for', async () => {
  const file = join(plantTree({ log: '' }), 'log');
  await runSteps(
    ['a', 'b', 'c'].map((name) => marks(file, name, true)),
    1,
  );
  expect(readFileSync(file, 'utf8')).toBe('<><><>');
});
