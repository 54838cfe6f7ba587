import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { sharedApp } from '../support/consumers/app.ts';

const source = join(root, 'test/consumers/types');
const { devDependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
const app = sharedApp('types');

/** How modules are found; and `page`: by an app for browsers, which has not the types of Node. */
const settings = ['bundler', 'node16', 'nodenext', 'page'];

/** Engine.IO's own types ask for the `Buffer<…>` of a newer TypeScript: with these, it alone may be complained of. */
const tooOldForEngineIo = ['typescript-5.4', 'typescript-5.5', 'typescript-5.6'];

test.each(Object.keys(devDependencies))(
  '%s takes all types of the package, strictly, in an app that uses them',
  async (version) => {
    const consumer = await app();
    const tsc = consumer.path('node_modules', version, 'bin/tsc');
    for (const name of settings) {
      const said = await consumer.node([tsc, '--project', `${name}.json`, '--pretty', 'false']).then(
        () => '',
        ({ message }: Error) => message.slice(message.indexOf('\n') + 1),
      );
      const lines = said.split('\n').filter((line) => line !== '');
      const isExcused = (line: string) =>
        tooOldForEngineIo.includes(version) && line.startsWith('node_modules/engine.io/');
      expect(
        lines.filter((line) => !isExcused(line)),
        name,
      ).toEqual([]);
    }
  },
);

/** The file of the app that uses each entry. */
const uses = {
  'src/index.ts': 'client.ts',
  'machines/index.ts': 'machine.ts',
  'src/browser/index.ts': 'browser.ts',
  'src/node/index.ts': 'node.ts',
  'src/inspect/index.ts': 'inspect.ts',
  'src/server/index.ts': 'server.ts',
  'src/opentelemetry/index.ts': 'opentelemetry.ts',
  'src/testing/index.ts': 'testing.ts',
};

test('the app uses every name that an entry gives', () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram(
    Object.keys(uses).map((entry) => join(root, entry)),
    options,
  );
  const checker = program.getTypeChecker();
  const unused = Object.entries(uses).flatMap(([entry, file]) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(join(root, entry)) as ts.SourceFile);
    const words = new Set(readFileSync(join(source, 'src', file), 'utf8').match(/\w+/g));
    const names = checker.getExportsOfModule(module as ts.Symbol).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    return names.filter((name) => !words.has(name)).map((name) => `${name} of ${entry}`);
  });
  expect(unused).toEqual([]);
});
