/**
 * `npm run peers -- lowest` or `-- newest`: types, unit tests and real servers over the lowest, or the newest, version
 * of each peer that package.json promises. Works in a copy, so that node_modules and the lock stay as they are.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMain, root } from './paths.ts';
import { conclude, runSteps } from './steps.ts';

/** What is read of a package.json. */
export interface Manifest {
  version?: string;
  peerDependencies?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

type Versions = Readonly<Record<string, string>>;

/** The lowest version of a range of `^a.b.c` alternatives, the lowest first. */
export function lowestOf(range: string): string {
  const [, version] = /^\^(\d+\.\d+\.\d+)( \|\| \^\d+\.\d+\.\d+)*$/.exec(range) ?? [];
  if (version === undefined) throw new Error(`no alternatives of ^a.b.c: ${range}`);
  return version;
}

/** A manifest with other versions in the place of those that the root pins. Other pins, as of XState 4, stay. */
export function withVersions<M extends Manifest>(manifest: M, pins: Versions, wanted: Versions): M {
  const replaced = (given: Versions | undefined) =>
    given &&
    Object.fromEntries(
      Object.entries(given).map(([name, version]) => [
        name,
        version === pins[name] ? (wanted[name] ?? version) : version,
      ]),
    );
  const { dependencies, devDependencies } = manifest;
  return {
    ...manifest,
    ...(dependencies && { dependencies: replaced(dependencies) }),
    ...(devDependencies && { devDependencies: replaced(devDependencies) }),
  };
}

const ends = ['lowest', 'newest'] as const;
type End = (typeof ends)[number];

/** What tells of the product. The rest looks at the workshop, and at a lock that is not the repository's any more. */
const unitTests = ['machines', 'src', 'property/outbox', 'property/races', 'property/renewal']
  // Not those that plant faults: which promise finds one first depends on what fast-check draws, and versions differ in it.
  .map((path) => `test/${path}`)
  .join(' ');

async function tryPeers(end: End): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), 'holdfast-peers-'));
  try {
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
    for (const file of files.filter(Boolean)) cpSync(join(root, file), join(copy, file));
    const peers = prepare(copy, files, end);
    const failed = await runSteps([
      { name: `install the ${end} peers`, command: installCommand(end, peers), cwd: copy },
    ]);
    if (failed.length > 0) return conclude(failed);
    for (const peer of peers) console.log(`  ${peer} ${versionIn(copy, peer)}`);
    const inCopy = { cwd: copy, show: 'always' } as const;
    conclude(
      await runSteps([
        { name: 'types', command: 'npm exec -- tsc --noEmit', ...inCopy },
        { name: 'unit tests', command: `npm run unit -- ${unitTests}`, ...inCopy },
        { name: 'real servers', command: 'npm exec -- vitest run --project real', ...inCopy },
      ]),
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Writes the versions into every manifest of the copy; gives the names of the peers. */
function prepare(copy: string, files: readonly string[], end: End): string[] {
  const { peerDependencies = {}, devDependencies = {} } = readManifest(join(copy, 'package.json'));
  const wanted = Object.fromEntries(
    Object.entries(peerDependencies).map(([name, range]) => [
      name,
      end === 'lowest' ? lowestOf(range) : range,
    ]),
  );
  for (const file of files.filter((name) => /(^|\/)package\.json$/.test(name))) {
    const path = join(copy, file);
    writeFileSync(path, JSON.stringify(withVersions(readManifest(path), devDependencies, wanted)));
  }
  return Object.keys(peerDependencies);
}

/** A range that the lock keeps already is not looked at again by `npm install`. */
function installCommand(end: End, peers: readonly string[]): string {
  return end === 'lowest' ? 'npm install' : `npm update ${peers.join(' ')}`;
}

function versionIn(copy: string, name: string): string | undefined {
  return readManifest(join(copy, 'node_modules', name, 'package.json')).version;
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8'));
}

if (isMain(import.meta.url)) {
  const end = ends.find((name) => name === process.argv[2]);
  if (end !== undefined) await tryPeers(end);
  else {
    console.error(`npm run peers -- ${ends.join('|')}`);
    process.exitCode = 2;
  }
}
