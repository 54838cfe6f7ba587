/** Who may import whom. `npm run imports` applies it; test/tools/imports.test.ts breaks each rule on purpose. */

/** A package by name, whether it is installed (a path in node_modules) or not (the bare name). */
const packages = (...names) =>
  names.flatMap((name) => {
    const escaped = name.replaceAll('.', '\\.');
    return [`^${escaped}(/|$)`, `(^|/)node_modules/${escaped}/`];
  });

const product = '^(machines|src|packages)/';
const anyFile = '^(machines|src|packages|test|examples|bench|soak|tools)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'machines-are-pure',
      comment: 'machines/ holds decisions: XState and its own files, nothing else. Effects belong in src/.',
      severity: 'error',
      from: { path: '^machines/' },
      to: { pathNot: ['^machines/', ...packages('xstate')] },
    },
    {
      name: 'one-file-knows-socket.io-client',
      comment: 'Reach the link through the port in src/link/link.ts.',
      severity: 'error',
      from: { path: product, pathNot: '^src/link/socket-io\\.ts$' },
      to: { path: packages('socket.io-client', 'engine.io-client') },
    },
    {
      name: 'inspectors-in-src-inspect',
      comment: 'An inspector is optional; only src/inspect/ and its bridge package may ask for one.',
      severity: 'error',
      from: { path: product, pathNot: ['^src/inspect/', '^packages/inspect-classic/'] },
      to: { path: packages('@statelyai/inspect', '@xstate/inspect') },
    },
    {
      name: 'fast-check-in-src-testing',
      comment: 'fast-check is optional; only src/testing/ may ask for it.',
      severity: 'error',
      from: { path: product, pathNot: '^src/testing/' },
      to: { path: packages('fast-check', '@fast-check/vitest') },
    },
    {
      name: 'telemetry-in-src-opentelemetry',
      comment: 'Telemetry is optional; only src/opentelemetry/ may ask for its API.',
      severity: 'error',
      from: { path: product, pathNot: '^src/opentelemetry/' },
      to: { path: packages('@opentelemetry/api') },
    },
    {
      name: 'server-packages-in-src-server',
      comment: 'A client must not load what only a server needs.',
      severity: 'error',
      from: { path: product, pathNot: '^src/server/' },
      to: { path: packages('socket.io', 'jose', 'prom-client') },
    },
    {
      name: 'server-knows-no-client',
      comment: 'What both ends need is in src/wire.ts.',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: '^(machines|src|packages)/', pathNot: ['^src/server/', '^src/wire\\.ts$'] },
    },
    {
      name: 'client-knows-no-server',
      comment: 'What both ends need is in src/wire.ts.',
      severity: 'error',
      from: { path: product, pathNot: '^src/server/' },
      to: { path: '^src/server/' },
    },
    {
      name: 'wire-stands-alone',
      comment: 'Through an import of its own, one end would reach the other.',
      severity: 'error',
      from: { path: '^src/wire\\.ts$' },
      to: {},
    },
    {
      name: 'public-face-is-for-users',
      comment: 'Import the file that has the thing, not src/index.ts; packages import "holdfast".',
      severity: 'error',
      from: { path: anyFile, pathNot: '^(test|examples|bench|packages/[^/]+/test)/' },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'command-line-is-an-end',
      comment: 'src/cli/ uses the library. What both need belongs into a file of src/ outside of it.',
      severity: 'error',
      from: { path: product, pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'packages-are-users',
      comment: 'A package under packages/ sees what its users see: "holdfast", not its files.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/' },
      to: { path: '^(machines|src)/' },
    },
    {
      name: 'product-needs-no-workshop',
      comment: 'Tests, tools and examples are not published.',
      severity: 'error',
      from: { path: '^(machines|src)/' },
      to: { path: '^(test|tools|examples|bench|soak|packages)/' },
    },
    {
      name: 'node-api-at-home',
      comment: 'The rest of src/ runs in browsers too: put it in src/node/, behind a port.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(node|server|testing|inspect|cli)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'published-code-declares',
      comment: 'Users get no devDependencies: make it a dependency or a (possibly optional) peer.',
      severity: 'error',
      from: { path: '^(machines|src)/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional'],
      },
    },
    {
      name: 'no-circle',
      comment: 'Move what both files need into a third; types count.',
      severity: 'error',
      from: { path: anyFile },
      to: { circular: true },
    },
    {
      name: 'imports-resolve',
      comment: 'An import that leads nowhere would slip past every rule above.',
      severity: 'error',
      from: { path: anyFile },
      to: { couldNotResolve: true, path: '^\\.' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Anchored: most packages live in a dist/ of their own, and an excluded import breaks no rule.
    exclude: { path: ['^(dist|coverage)/', '^packages/[^/]+/dist/'] },
    // Type-only imports count: a type from elsewhere is knowledge of elsewhere.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.d.ts'],
    },
  },
};
