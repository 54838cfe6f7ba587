import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';

/** What something weighs, in bytes. */
export interface Weight {
  readonly min: number;
  /** gzip -9 of that. */
  readonly gzip: number;
  readonly brotli: number;
}

export interface Bundle extends Weight {
  readonly code: string;
  /** What each file brings into it, minified, by its path. */
  readonly files: ReadonlyMap<string, number>;
  /** The packages that it leaves for others to bring. */
  readonly imports: readonly string[];
}

interface BundleOptions {
  /** Packages that are left for others to bring. */
  readonly outside?: readonly string[];
  /** What stands for a file of the build, or nothing where it stays as it is. */
  readonly rewrite?: Rewrite;
  /** Also what nobody uses. */
  readonly keepAll?: boolean;
}

export type Rewrite = (file: string, code: string) => string | undefined | Promise<string | undefined>;

/** What an app for browsers would ship of `code`, which sees what a module in the folder `base` sees. */
export async function bundle(
  base: string,
  code: string,
  { outside = [], rewrite, keepAll = false }: BundleOptions = {},
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: base },
    absWorkingDir: base,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // Ours would lead from the package to its sources.
    tsconfigRaw: {},
    // What entries for Node ask for is there.
    external: [...outside, 'node:*'],
    plugins: rewrite === undefined ? [] : [rewriting(base, rewrite)],
    treeShaking: !keepAll,
    ignoreAnnotations: keepAll,
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  const text = outputFiles[0]?.text ?? '';
  const files = Object.entries(output?.inputs ?? {}).filter(([path]) => path !== '<stdin>');
  const imports = (output?.imports ?? []).filter(({ external }) => external);
  return {
    ...weigh(text),
    code: text,
    files: new Map(files.map(([path, { bytesInOutput }]) => [path, bytesInOutput])),
    imports: [...new Set(imports.map(({ path }) => path))],
  };
}

function rewriting(base: string, rewrite: Rewrite): Plugin {
  return {
    name: 'rewrite',
    setup({ onLoad }) {
      onLoad({ filter: /dist[\\/].*\.js$/ }, async ({ path }) => {
        const contents = await rewrite(
          relative(base, path).replaceAll('\\', '/'),
          readFileSync(path, 'utf8'),
        );
        return contents === undefined ? undefined : { contents };
      });
    },
  };
}

function weigh(code: string): Weight {
  const bytes = Buffer.from(code);
  return {
    min: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

/** All that the main entry gives. */
export const everything = "export * from 'holdfast';";

/** The package in the folder `base`: its entries, the packages it wants beside it, and those of them that it needs. */
export function readPackage(base: string) {
  const text = readFileSync(join(base, 'package.json'), 'utf8');
  const { exports, peerDependencies, peerDependenciesMeta = {} } = JSON.parse(text);
  const peers = Object.keys(peerDependencies);
  return {
    entries: Object.keys(exports).filter((path) => !path.endsWith('.json')),
    peers,
    needed: peers.filter((name) => peerDependenciesMeta[name]?.optional !== true),
  };
}
