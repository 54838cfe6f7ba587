/**
 * `npm run reference`: the API reference as HTML, from the docstrings of everything that users import. It fails when a
 * public name has no docstring, when a signature names what nobody can import, and when a link leads nowhere; with
 * `--check` it does nothing else.
 */
import { join } from 'node:path';
import { Application, type ProjectReflection, ReflectionKind, type TypeDocOptions } from 'typedoc';
import { entryPoints, publishedPackages } from './entry-points.ts';
import { isMain, root } from './paths.ts';

const folder = 'reports/reference';

/** Types that may be read and not named. */
const notExported = [
  // The bookkeeping in the context of the machine.
  ...['Effort', 'Lifetime', 'Missing', 'Owed', 'Wait'],
  // What the invariants of the simulated world look at.
  ...['Breach', 'Doubts', 'Ledger', 'Settings', 'WatchedStore'],
  // Tables of which the keys alone are shown: the codes of errors.
  ...['serverHints', 'usageHints'],
  // What is used of somebody else's object; whoever has the object needs no name for it.
  ...['EventSource', 'FastifyReply', 'PageEvent', 'PlainResponse'],
];

const whole: Partial<TypeDocOptions> = {
  name: 'holdfast',
  tsconfig: join(root, 'tsconfig.reference.json'),
  entryPoints: entryPoints().map(({ source }) => join(root, source)),
  intentionallyNotExported: notExported,
  packagesRequiringDocumentation: publishedPackages().map(({ manifest }) => manifest.name),
};

const options: Partial<TypeDocOptions> = {
  readme: 'none',
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  disableSources: true,
  // `npm run check` compiles everything already.
  skipErrorChecking: true,
  validation: {
    notExported: true,
    invalidLink: true,
    invalidPath: true,
    rewrittenLink: true,
    notDocumented: true,
  },
  // Not every property: of one that its name and its type tell whole, a sentence tells nothing.
  requiredToBeDocumented: [
    'Module',
    'Class',
    'Interface',
    'TypeAlias',
    'Variable',
    'Function',
    'Method',
    'Accessor',
  ],
};

/** What is wrong with the docstrings of these entry points; writes the reference when it is told where. */
export async function document(what: Partial<TypeDocOptions>, out?: string): Promise<string[]> {
  const app = await Application.bootstrap({ ...options, ...what });
  const faults: string[] = [];
  app.logger.error =
    app.logger.warn =
    app.logger.validationWarning =
      (text: string) => void faults.push(text);
  const project = await app.convert();
  if (project === undefined) return faults.length > 0 ? faults : ['nothing could be read'];
  if (out !== undefined) await app.generateDocs(project, out);
  leaveOutData(project);
  app.validate(project);
  return faults;
}

/** What a constant holds is data, such as the machine: a docstring is of the constant, and its keys need none. */
function leaveOutData(project: ProjectReflection): void {
  for (const inner of project.getReflectionsByKind(ReflectionKind.All)) {
    if (inner.parent?.kindOf(ReflectionKind.Variable)) project.removeReflection(inner);
  }
}

if (isMain(import.meta.url)) {
  const isCheck = process.argv.includes('--check');
  const faults = await document(whole, isCheck ? undefined : join(root, folder));
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else
    console.log(
      isCheck ? 'reference: every public name has its docstring' : `reference: ${folder}/index.html`,
    );
}
