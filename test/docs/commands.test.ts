import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/commands.ts';
import { root } from '../../tools/paths.ts';
import { blocksOf } from '../support/docs/blocks.ts';
import { type Page, pages, quotesIn } from '../support/docs/pages.ts';

interface Manifest {
  readonly name: string;
  readonly scripts?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

const manifest = readManifest('.');

/** Each command that a page tells its reader to run. */
function commandsIn(page: Page): string[] {
  const lines = blocksOf(page).flatMap(({ language, code }) => {
    if (language === 'sh') return code.split('\n');
    return code.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
  });
  const quotes = quotesIn(page.text).filter((quote) => /^(npm|npx) /.test(quote));
  return [...lines, ...quotes]
    .flatMap((line) => line.replace(/\s+#.*$/, '').split(/ && | \| /))
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

/** What is wrong with a command, or `undefined`. */
async function faultOf(command: string): Promise<string | undefined> {
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  const [program = '', ...args] = words;
  if (program === 'npm') return faultOfNpm(args);
  if (program === 'npx') return faultOfNpx(args);
  if (program === 'node') return existsInGuide(args[0] ?? '') ? undefined : `there is no ${args[0]}`;
  return ['mkdir', 'cd'].includes(program) ? undefined : `nobody knows of ${program}`;
}

function faultOfNpm([verb = '', ...args]: readonly string[]): string | undefined {
  if (['ci', 'init', 'pkg', 'pack', 'create'].includes(verb)) return undefined;
  if (['install', 'i'].includes(verb)) return faultOfPackages(args);
  const [name = '', ...rest] = verb === 'run' ? args : [verb, ...args];
  const [own, given] = split(rest);
  const folder = own[own.indexOf('-w') + 1];
  const at = own.includes('-w') && folder !== undefined ? folder : '.';
  if (!existsSync(join(root, at, 'package.json'))) return `there is no workspace ${at}`;
  const script = readManifest(at).scripts?.[name];
  if (script === undefined) return `there is no script ${name} in ${at}`;
  return faultOfArguments(script, at, given);
}

function split(words: readonly string[]): [readonly string[], readonly string[]] {
  const at = words.indexOf('--');
  return at === -1 ? [words, []] : [words.slice(0, at), words.slice(at + 1)];
}

function faultOfPackages(args: readonly string[]): string | undefined {
  const known = { ...manifest.peerDependencies, ...manifest.devDependencies };
  const unknown = args.filter((name) => !(name.startsWith('-') || name in known || ourOwn.includes(name)));
  return unknown.length === 0 ? undefined : `nothing here needs ${unknown.join(', ')}`;
}

const ourOwn = ['holdfast', 'holdfast-inspect-classic'];

/** Options must stand in the program's source, and so must the names that `bench` takes. */
function faultOfArguments(script: string, folder: string, args: readonly string[]): string | undefined {
  const text = sourceOf(script, folder);
  // Whose options are not ours to know.
  if (text === '') return undefined;
  for (const word of args) {
    const option = /^--([\w-]+)/.exec(word)?.[1];
    const isNamed =
      option === undefined || new RegExp(`--${option}\\b|\\b${option}: \\{|'${option}'`).test(text);
    if (!isNamed) return `${script} has no option --${option}`;
    const isBench = option === undefined && script.includes('bench/run.js') && /^[a-z]/.test(word);
    if (isBench && !text.includes(`'${word}'`)) return `there is no bench ${word}`;
  }
  return undefined;
}

/** The text of a script's program, with all that lies beside a `main.ts` or `run.ts`. */
function sourceOf(script: string, folder: string): string {
  const workspace = /-w (\S+)/.exec(script)?.[1];
  if (workspace !== undefined) return sourceOf(readManifest(workspace).scripts?.['start'] ?? '', workspace);
  const file = [...script.matchAll(/[\w./-]+\.(?:ts|mjs|js)\b/g)]
    .map(([path]) => join(folder, path.replace('reports/bench/bench/run.js', 'bench/run.ts')))
    .filter((path) => !path.endsWith('setup.mjs') && existsSync(join(root, path)))
    .at(-1);
  if (file === undefined) return '';
  const files = /(main|run|start)\.\w+$/.test(file) ? filesBeside(file) : [file];
  const text = files.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  // Where `--check` of all that makes pages is.
  return text.includes("'./generated.ts'")
    ? text + readFileSync(join(root, 'tools/generated.ts'), 'utf8')
    : text;
}

function filesBeside(file: string): string[] {
  return readdirSync(join(root, dirname(file)))
    .map((name) => join(dirname(file), name))
    .filter((path) => /\.(ts|mjs)$/.test(path) && statSync(join(root, path)).isFile());
}

async function faultOfNpx([program = '', ...args]: readonly string[]): Promise<string | undefined> {
  if (program === 'vitest') return faultOfVitest(args);
  if (program === 'vite') return existsSync(join(root, args[0] ?? '')) ? undefined : `there is no ${args[0]}`;
  if (program !== 'holdfast')
    return existsSync(join(root, 'node_modules/.bin', program))
      ? undefined
      : `nothing here brings ${program}`;
  if (args.length === 0) return undefined;
  const [name = '', ...rest] = args;
  const known = await helpOf(name);
  if (known === undefined) return `holdfast has no command ${name}`;
  const unknown = rest.filter((word) => word.startsWith('--') && !known.includes(word));
  return unknown.length === 0 ? undefined : `holdfast ${name} has no ${unknown.join(', ')}`;
}

/** Options that `holdfast NAME --help` lists. */
async function helpOf(name: string): Promise<string[] | undefined> {
  let said = '';
  const code = await runCommandLine([name, '--help'], {
    version: '',
    print: (text) => {
      said += text;
    },
    complain: () => {},
    color: false,
    onInterrupt: () => () => {},
  });
  if (code !== 0) return undefined;
  return [...new Set([...said.matchAll(/--[a-z][\w-]*/g)].map(([option]) => option))];
}

function faultOfVitest(args: readonly string[]): string | undefined {
  const paths = args.filter((word) => word.includes('/'));
  const gone = paths.filter((path) => !existsSync(join(root, path)));
  return gone.length === 0 ? undefined : `there is no ${gone.join(', ')}`;
}

function existsInGuide(file: string): boolean {
  return pages.some(({ text }) => text.includes(`<!-- guide: ${file} -->`));
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
}

async function faultsIn(page: Page): Promise<string[]> {
  const found = await Promise.all(
    commandsIn(page).map(async (command) => ({ command, fault: await faultOf(command) })),
  );
  return found.flatMap(({ command, fault }) => (fault ? [`${page.path}: ${command}: ${fault}`] : []));
}

describe('every command in the docs', () => {
  test('exists, with the options that are named', async () => {
    expect(pages.flatMap(commandsIn).length).toBeGreaterThan(50);
    expect((await Promise.all(pages.map(faultsIn))).flat()).toEqual([]);
  });

  test.each([
    'npm run gone',
    'npm start -w examples/gone',
    'npm run soak -- --gone 3',
    'npm run cluster -- --gone',
    'npm run bench -- gone',
    'npm install gone',
    'npx holdfast gone',
    'npx holdfast doctor https://api.example.com --gone',
    'npx holdfast replay FILE --gone',
    'npx vitest run test/gone.test.ts',
    'npx gone',
    'node gone.js',
    'gone',
  ])('would be caught if it did not: %s', async (command) => {
    const page = { path: 'X.md', text: `\`\`\`sh\n${command} # a comment\n\`\`\`\n` };
    expect(await faultsIn(page)).toEqual([expect.stringContaining(`X.md: ${command}: `)]);
  });

  test.each(['doctor', 'replay'])('names every option of holdfast %s somewhere', async (name) => {
    const page = readFileSync(join(root, name === 'doctor' ? 'docs/doctor.md' : 'docs/testing.md'), 'utf8');
    const unsaid = (await helpOf(name))?.filter((option) => !page.includes(`${option}`));
    expect(unsaid?.filter((option) => option !== '--help')).toEqual([]);
  });
});
