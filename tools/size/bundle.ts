import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  readonly plugins?: Plugin[];
  /** Also what nobody uses. */
  readonly keepAll?: boolean;
}

/** What an app for browsers would ship of `code`, which sees what a module in the folder `base` sees. */
export async function bundle(
  base: string,
  code: string,
  { outside = [], plugins = [], keepAll = false }: BundleOptions = {},
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: base },
    absWorkingDir: base,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    // What entries for Node ask for is there.
    external: [...outside, 'node:*'],
    plugins,
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

function weigh(code: string): Weight {
  const bytes = Buffer.from(code);
  return {
    min: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

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
