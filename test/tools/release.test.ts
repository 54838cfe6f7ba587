import { expect, test } from 'vitest';
import { publishedPackages } from '../../tools/entry-points.ts';
import { obstacles } from '../../tools/release.ts';

const manifest = {
  name: 'it',
  repository: { url: 'git+https://example.com/us/it.git' },
  publishConfig: { access: 'public', provenance: true },
};

/** The workflow, as far as it is looked at. */
const env = {
  GITHUB_REPOSITORY: 'us/it',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://example.com',
  npm_config_user_agent: 'npm/11.6.2 node/v24.11.0 linux x64',
};

function found(more: object, also: NodeJS.ProcessEnv = {}): string[] {
  return obstacles([{ folder: '.', manifest: { ...manifest, ...more } }], { ...env, ...also });
}

test('nothing is in the way of a package that says where it is from, in the workflow', () => {
  expect(found({})).toEqual([]);
});

test('a package without a repository is not published, since its provenance would hold against nothing', () => {
  expect(found({ repository: undefined })).toEqual([
    expect.stringMatching(/^package\.json has no `repository`/),
  ]);
  expect(found({ repository: {} })).toHaveLength(1);
});

test('nor is one of another repository', () => {
  expect(found({}, { GITHUB_REPOSITORY: 'them/it' })).toEqual([expect.stringContaining('them/it')]);
});

test('nor one that would go out without its provenance, or to nobody', () => {
  expect(found({ publishConfig: undefined })).toEqual([expect.stringContaining('publishConfig')]);
  expect(found({ publishConfig: { access: 'public' } })).toHaveLength(1);
  expect(found({ publishConfig: { provenance: true } })).toHaveLength(1);
});

test('nor one that npm would take a command out of', () => {
  expect(found({ bin: { it: 'dist/main.js' } })).toEqual([]);
  expect(found({ bin: { it: './dist/main.js' } })).toEqual([expect.stringContaining('the command it')]);
});

test('nobody publishes by hand', () => {
  expect(found({}, { ACTIONS_ID_TOKEN_REQUEST_URL: undefined })).toEqual([expect.stringContaining('vouch')]);
});

test.each(['10.9.4', '11.5.0', '9.99.99'])('npm %s is too old', (version) => {
  const agent = { npm_config_user_agent: `npm/${version} node/v24.0.0 linux x64` };
  expect(found({}, agent)).toEqual([expect.stringContaining(version)]);
});

test.each(['11.5.1', '11.10.0', '12.0.0'])('npm %s serves', (version) => {
  expect(found({}, { npm_config_user_agent: `npm/${version} node/v24.0.0 linux x64` })).toEqual([]);
});

test('of the packages here, the repository alone is missing', () => {
  const missing = obstacles(publishedPackages(), env).filter((each) => !each.includes('`repository`'));
  expect(missing).toEqual([]);
});
