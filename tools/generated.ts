/** Files, or parts of files, that a command makes from the code: it writes them, or tells which ones differ. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.ts';

export interface Generated {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
  /** Only what is between `<!-- name:begin -->` and `<!-- name:end -->` is made; the rest is written by hand. */
  readonly between?: string;
}

/** The paths whose text is not what the code makes of them now. With `write` they are put right. */
export function findDrift(base: string, files: readonly Generated[], { write = false } = {}): string[] {
  const drifted: string[] = [];
  for (const file of files) {
    const path = join(base, file.path);
    const found = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const wanted = file.between === undefined ? file.text : insert(found, file.between, file);
    if (found === wanted) continue;
    drifted.push(file.path);
    if (!write) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
  }
  return drifted;
}

function insert(found: string, name: string, { path, text }: Generated): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = found.indexOf(begin);
  const to = found.indexOf(end, from);
  if (from === -1 || to === -1)
    throw new Error(`${path} needs the lines ${begin} and ${end} around the place`);
  return `${found.slice(0, from + begin.length)}\n\n${text}\n\n${found.slice(to)}`;
}

/** A command's body: writes, or with `--check` only looks, and fails on drift. */
export function generate(command: string, files: readonly Generated[]): void {
  const isCheck = process.argv.includes('--check');
  const drifted = findDrift(root, files, { write: !isCheck });
  if (!isCheck) {
    console.log(drifted.length === 0 ? 'nothing to change' : `written: ${drifted.join(', ')}`);
  } else if (drifted.length > 0) {
    console.error(`${drifted.join(', ')}: not what the code says. Run \`npm run ${command}\` and commit.`);
    process.exitCode = 1;
  } else {
    console.log(`${files.map(({ path }) => path).join(', ')}: as the code says`);
  }
}
