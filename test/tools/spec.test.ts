import { describe, expect, test } from 'vitest';
import { clausesNamedIn } from '../../tools/clause-names.ts';
import { checkSpec, proofTable, readClauses } from '../../tools/spec.ts';
import { plantTree } from './tree.ts';

const spec = `# Behaviour
## LC · lifecycle
- **LC-1** (kept) Six states.
  More about LC-1.
- **LC-2** (later) Connect.
`;

describe('the spec', () => {
  test('gives its clauses with their states', () => {
    expect(readClauses(spec)).toEqual({
      clauses: [
        { id: 'LC-1', state: 'kept', text: 'Six states.' },
        { id: 'LC-2', state: 'later', text: 'Connect.' },
      ],
      errors: [],
    });
  });

  test.each([
    '- LC-1 (kept) Not bold.',
    '- **LC-1** Without a state.',
    '- **LC-1** (done) Another state.',
    '- **LC-1** (kept)',
    '* **LC-1** (kept) Another bullet.',
  ])('is refused with a clause in another form: %s', (line) => {
    expect(readClauses(line)).toEqual({ clauses: [], errors: [expect.stringMatching('docs/spec.md:1 ')] });
  });

  test('is refused with an id used twice', () => {
    expect(readClauses('- **LC-1** (kept) One.\n- **LC-1** (kept) Two.').errors).toHaveLength(1);
  });
});

describe('a test names clauses', () => {
  test.each([
    `test('[LC-1] a promise', () => {});`,
    `it('a promise [LC-1]', () => {});`,
    `describe('[LC-1] promises', () => {});`,
    `test.each([1])('[LC-1] a promise', () => {});`,
    'test.each`a\n${1}`("[LC-1] a promise", () => {});',
    `test.prop([fc.nat()], { seed: 1 })('[LC-1] a promise', () => {});`,
    'for (const state of states) test(`[LC-1] in ${state}`, () => {});',
    `const promises = { '[LC-1] a promise': () => {} };`,
  ])('in %s', (source) => {
    expect([...clausesNamedIn(source)]).toEqual(['LC-1']);
  });

  test('several at once', () => {
    expect([...clausesNamedIn(`test('[CR-6, LC-1] [ST-2] promises', () => {});`)]).toEqual([
      'CR-6',
      'LC-1',
      'ST-2',
    ]);
  });

  test.each([
    `test.skip('[LC-1] skipped', () => {});`,
    `test.todo('[LC-1] to do');`,
    `describe.skip('later', () => { test('[LC-1] inside', () => {}); });`,
    `test.skip.each([1])('[LC-1] skipped', () => {});`,
    `// test('[LC-1] in a comment', () => {});`,
    `expect('about [LC-1]');`,
    `test('LC-1 without brackets', () => {});`,
  ])('but not in %s', (source) => {
    expect([...clausesNamedIn(source)]).toEqual([]);
  });
});

describe('the check', () => {
  const check = (tests: string, markdown = spec) =>
    checkSpec(plantTree({ 'docs/spec.md': markdown, 'test/a/b.test.ts': tests }));

  test('passes when every kept clause is named, and lists those that are not', () => {
    const report = check(`test('[LC-1] six', () => {});`);
    expect(report.errors).toEqual([]);
    expect(report.unnamed.map(({ id }) => id)).toEqual(['LC-2']);
  });

  test('fails for a kept clause that no test names', () => {
    expect(check(`test('[LC-2] connect', () => {});`).errors).toEqual([expect.stringMatching('^LC-1 ')]);
  });

  test('fails for a clause that the spec does not have', () => {
    expect(check(`test('[LC-1, LC-99] six', () => {});`).errors).toEqual([
      expect.stringMatching('test/a/b.test.ts names LC-99'),
    ]);
  });

  test('fails when there is no clause, or no spec, to hold tests against', () => {
    expect(check('', '# Behaviour').errors).toEqual(['docs/spec.md has no clauses']);
    expect(checkSpec(plantTree({})).errors).toEqual(['docs/spec.md has no clauses']);
  });

  test('makes a table that links each clause to the tests that name it', () => {
    const named = `test('[LC-1] six', () => {});`;
    const files = { 'docs/spec.md': spec, 'test/a/b.test.ts': named, 'packages/x/test/c.test.ts': named };
    expect(
      proofTable(checkSpec(plantTree(files)))
        .split('\n')
        .slice(2),
    ).toEqual([
      '| LC-1 | [packages/x/test/c](../packages/x/test/c.test.ts), [a/b](../test/a/b.test.ts) |',
      '| LC-2 | none |',
    ]);
  });

  test('reads packages and examples, but nothing that is installed or built there', () => {
    const named = `test('[LC-1] six', () => {});`;
    const errors = (path: string) => checkSpec(plantTree({ 'docs/spec.md': spec, [path]: named })).errors;
    expect(errors('packages/bridge/test/bridge.test.ts')).toEqual([]);
    expect(errors('examples/react/app.test.tsx')).toEqual([]);
    expect(errors('examples/react/node_modules/x/app.test.ts')).toHaveLength(1);
  });
});
