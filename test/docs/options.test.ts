import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { holdfast } from '../../src/dialect/holdfast.ts';
import { readOptions } from '../../src/options.ts';
import { root } from '../../tools/paths.ts';
import { pages } from '../support/docs/pages.ts';
import { createHandLink } from '../support/harness.ts';

/** What stands behind an option's name in the table of all options, wherever that is. */
const told = new Map(pages.flatMap(({ text }) => optionsIn(text)));

/** Names in the first column; one that begins with a dot has the parent of the one before it. */
function optionsIn(markdown: string): [name: string, ofDefault: string][] {
  const [, table = ''] =
    /^\| option \| what it is \| default \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/m.exec(markdown) ?? [];
  return table
    .split('\n')
    .filter((row) => row !== '')
    .flatMap((row) => {
      const [, names = '', , ofDefault = ''] = row.split(/(?<!\\)\|/);
      let parent = '';
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']): [string, string] => {
        const full = name.startsWith('.') ? parent + name : name;
        parent = full.split('.')[0] ?? '';
        return [full, ofDefault.trim()];
      });
    });
}

/** The members of an interface in src/options.ts, those that have a table of their own as `parent.member`. */
function membersOf(name: string, prefix = ''): string[] {
  const file = ts.createSourceFile(
    'options.ts',
    readFileSync(join(root, 'src/options.ts'), 'utf8'),
    ts.ScriptTarget.Latest,
  );
  const found = file.statements.filter(ts.isInterfaceDeclaration).find((each) => each.name.text === name);
  return (found?.members ?? []).map((member) => `${prefix}${(member.name as ts.Identifier).text}`);
}

const known = [
  ...membersOf('ConnectionOptions').filter((name) => name !== 'reconnect' && name !== 'outbox'),
  ...membersOf('ReconnectOptions', 'reconnect.'),
  ...membersOf('OutboxOptions', 'outbox.'),
];

describe('the table of options', () => {
  test('has every option, and no other', () => {
    expect(known.length).toBeGreaterThan(30);
    expect([...told.keys()].sort()).toEqual([...known].sort());
  });

  const { deadlines, policy, outbox, renew, traceLength } = readOptions({
    link: createHandLink().link,
    credential: () => 't',
    dialect: holdfast(),
  });
  const { first, base, factor, cap, maxAttempts, giveUpAfter, stableAfter } = policy;
  test.each(
    Object.entries({
      credentialTimeout: deadlines.credential,
      handshakeTimeout: deadlines.handshake,
      probe: deadlines.probe,
      'reconnect.first': first,
      'reconnect.base': base,
      'reconnect.factor': factor,
      'reconnect.cap': cap,
      'reconnect.maxAttempts': maxAttempts,
      'reconnect.giveUpAfter': giveUpAfter,
      'reconnect.stableAfter': stableAfter,
      'outbox.window': outbox.window,
      'outbox.ackTimeout': outbox.ackTimeout,
      'outbox.maxResends': outbox.maxResends,
      renew: renew?.leadTime,
      traceLength,
    }),
  )('says the default of %s: %d', (name, value) => {
    const words = told
      .get(name)
      ?.replaceAll('`', '')
      .split(/[ ;]+|, /);
    expect(words).toContain(value === Number.POSITIVE_INFINITY ? 'Infinity' : value?.toLocaleString('en'));
  });
});
