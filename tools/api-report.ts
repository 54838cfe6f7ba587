/**
 * `npm run api-report`: what users can import, signature by signature, as text in docs/api-report/, so that a change of
 * it shows in the diff. Made from the declarations of the last build; with `--check` it fails when they differ.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { type EntryPoint, entryPoints } from './entry-points.ts';
import { type Generated, generate } from './generated.ts';
import { isMain, root } from './paths.ts';

const folder = 'docs/api-report';

/** The report of every entry point. Throws when one cannot be made. */
export function apiReports(): Generated[] {
  const scratch = mkdtempSync(join(tmpdir(), 'holdfast-api-'));
  const entries = entryPoints();
  try {
    const configs = entries.map((entry) => configOf(entry, scratch));
    const [first] = configs;
    if (first === undefined) throw new Error('there is nothing to import');
    // One program for all: making it is most of the work.
    const compilerState = CompilerState.create(first, {
      additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
    });
    return configs.map((config, index) => {
      const entry = entries[index] as EntryPoint;
      return { path: `${folder}/${fileOf(entry)}`, text: reportOf(entry, config, compilerState) };
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** `holdfast/server` is in `holdfast-server.api.md`. */
function fileOf({ name }: EntryPoint): string {
  return `${name.replace('/', '-')}.api.md`;
}

function configOf(entry: EntryPoint, scratch: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, entry.types),
      newlineKind: 'lf',
      compiler: { overrideTsconfig },
      apiReport: {
        enabled: true,
        reportFileName: fileOf(entry),
        reportFolder: scratch,
        reportTempFolder: join(scratch, 'temp'),
        // Each name in the report of the entry point that has it, and only there.
        includeForgottenExports: false,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: failing,
        extractorMessageReporting,
        tsdocMessageReporting: silent,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, entry.folder, 'package.json'),
  });
}

/** As a user's compiler would, beside a current Node. */
const overrideTsconfig = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'DOM', 'ESNext.Disposable'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  },
  files: entryPoints().map(({ types }) => types),
};

const ignored = { logLevel: ExtractorLogLevel.None };
const failing = { default: { logLevel: ExtractorLogLevel.Error } };
const silent = { default: ignored };

/** Docstrings are the reference's affair, and so is which type may go without a name of its own. */
const extractorMessageReporting = {
  ...failing,
  'ae-forgotten-export': ignored,
  'ae-missing-release-tag': ignored,
  'ae-undocumented': ignored,
  'ae-unresolved-link': ignored,
};

function reportOf(entry: EntryPoint, config: ExtractorConfig, compilerState: CompilerState): string {
  const said: string[] = [];
  const { succeeded } = Extractor.invoke(config, {
    compilerState,
    // It writes whatever it finds; what is kept in the repository is compared by `generate`.
    localBuild: true,
    messageCallback(message) {
      if (message.logLevel === ExtractorLogLevel.Error) said.push(message.formatMessageWithLocation(root));
      message.handled = true;
    },
  });
  if (!succeeded) throw new Error(`There is no report of ${entry.name}:\n${said.join('\n')}`);
  return readFileSync(config.reportFilePath, 'utf8')
    .replace(/^## .*/, `# ${entry.name}`)
    .replace('// (No @packageDocumentation comment for this package)\n\n', '');
}

/** Of an entry point that is no more. */
function leftovers(reports: readonly Generated[]): string[] {
  const kept = new Set(reports.map(({ path }) => path));
  return readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => !kept.has(path));
}

if (isMain(import.meta.url)) {
  const reports = apiReports();
  generate('api-report', reports);
  for (const path of leftovers(reports)) {
    console.error(`${path} is of no entry point. Remove it.`);
    process.exitCode = 1;
  }
}
