import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { root } from '../../../tools/paths.ts';
import { blocks } from './blocks.ts';

/** A folder with the files that the guide has its reader write, as it has them. Ends with the test. */
export function followGuide(): string {
  // Inside the repository, so that packages are found; the source stands for the package `holdfast`.
  mkdirSync(join(root, 'reports'), { recursive: true });
  const folder = mkdtempSync(join(root, 'reports/guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const { step, code } of blocks) if (step !== undefined) writeFileSync(join(folder, step), code);
  return folder;
}

/** The environment in which its programs find the source. */
export function environmentOfGuide(port: number): NodeJS.ProcessEnv {
  return { ...process.env, PORT: String(port), TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
}
