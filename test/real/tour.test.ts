import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chapters } from '../../examples/tour/chapters.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the tour as a person does, but for the hurry; the output is all that the person sees. */
function runTour(): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/tour/main.ts', '--fast'], {
    cwd: root,
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

test('[LC-6, LC-8, LC-9, CR-6, CR-8, CR-12, ID-1, RE-1, OB-2, OB-3, RM-1] the tour keeps what it promises, chapter by chapter, and shows no credential', async () => {
  const { code, output } = await runTour();
  expect(code, output).toBe(0);
  const headlines = output.match(/^\d+\. .+$/gm);
  expect(headlines).toEqual(chapters.map(({ title }, index) => `${index + 1}. ${title}`));
  expect(output.match(/^ {3}✓/gm)).toHaveLength(chapters.length);
  // A JWT begins so; the key is 32 bytes in base64, and nothing else here has such a length.
  expect(output).not.toMatch(/eyJ/);
  expect(output).not.toMatch(/[A-Za-z0-9+/]{40}/);
  // Into a pipe goes plain text.
  expect(output).not.toContain('\x1b');
}, 60_000);
