/**
 * `npm run release`: publishes what has a version that the registry does not have, with its provenance. Only the workflow
 * .github/workflows/release.yml can; with `--check` it says what is in the way, and publishes nothing.
 */
import { spawnSync } from 'node:child_process';
import { type PublishedPackage, publishedPackages } from './entry-points.ts';
import { isMain, root } from './paths.ts';

/** Older ones publish with a token alone. */
const leastNpm = [11, 5, 1] as const;

/** What is in the way of publishing these packages here, each with what to do; nothing when all is well. */
export function obstacles(packages: readonly PublishedPackage[], env: NodeJS.ProcessEnv): string[] {
  return [...packages.flatMap((each) => ofPackage(each, env)), ...ofPlace(env)];
}

function ofPackage({ folder, manifest }: PublishedPackage, env: NodeJS.ProcessEnv): string[] {
  const { name, repository, publishConfig, bin = {} } = manifest;
  const file = `${folder === '.' ? '' : `${folder}/`}package.json`;
  const url = (typeof repository === 'string' ? repository : repository?.url) ?? '';
  const here = env['GITHUB_REPOSITORY'];
  const found: string[] = [];
  if (url === '') {
    found.push(
      `${file} has no \`repository\`: the registry holds the provenance against it. Name the repository there.`,
    );
  } else if (here !== undefined && !url.replace(/\.git$/, '').endsWith(`/${here}`)) {
    found.push(
      `${file} names the repository ${url}, and this one is ${here}. Correct it, or publish from there.`,
    );
  }
  if (publishConfig?.provenance !== true || publishConfig.access !== 'public') {
    found.push(
      `${file} needs "publishConfig": { "access": "public", "provenance": true }, or ${name} goes out without.`,
    );
  }
  for (const [command, path] of Object.entries(bin)) {
    if (path.startsWith('./')) {
      found.push(
        `${file}: npm takes the command ${command} out, for the path ${path}. Write it without "./".`,
      );
    }
  }
  return found;
}

function ofPlace(env: NodeJS.ProcessEnv): string[] {
  const found: string[] = [];
  if (env['ACTIONS_ID_TOKEN_REQUEST_URL'] === undefined) {
    found.push(
      'There is nobody to vouch for the build. Publish from the workflow "Release", with `id-token: write`.',
    );
  }
  const [, version = ''] = /^npm\/(\S+)/.exec(env['npm_config_user_agent'] ?? '') ?? [];
  if (!isAtLeast(version.split('.').map(Number), leastNpm)) {
    found.push(
      `npm ${version} cannot publish without a token. Use ${leastNpm.join('.')} or later, as with Node 24.`,
    );
  }
  return found;
}

function isAtLeast(version: readonly number[], least: readonly number[]): boolean {
  const different = least.findIndex((part, i) => version[i] !== part);
  return different === -1 || (version[different] ?? 0) > (least[different] ?? 0);
}

if (isMain(import.meta.url)) {
  const found = obstacles(publishedPackages(), process.env);
  for (const each of found) console.error(`release: ${each}`);
  if (found.length > 0) process.exitCode = 1;
  else if (process.argv.includes('--check')) console.log('release: nothing is in the way');
  else
    process.exitCode =
      spawnSync('changeset publish', { cwd: root, shell: true, stdio: 'inherit' }).status ?? 1;
}
