import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FaultCode, faults } from '../../../../src/cli/doctor/faults.ts';
import { root } from '../../../../tools/paths.ts';

/** What no test on one machine can bring about, or none without breaking the doctor itself. */
const unseen: readonly FaultCode[] = [
  'dns-unavailable',
  'host-unreachable',
  'tls-rejected',
  'no-answer',
  'client-failed',
];

test('[DR-1] every code is named by a test with a server that has the fault', () => {
  const folder = join(root, 'test/real');
  const tests = readdirSync(folder)
    .filter((name) => name.startsWith('doctor'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const unnamed = (Object.keys(faults) as FaultCode[]).filter(
    (code) => !new RegExp(`'${code}'`).test(tests) && !unseen.includes(code),
  );
  expect(unnamed).toEqual([]);
});

test('[DR-1] every code says in sentences what it means and what to do', () => {
  for (const { cause, cure } of Object.values(faults)) {
    expect(cause).toMatch(/^[A-Z`/].+[.]$/s);
    expect(cure).toMatch(/^\w.+[.]$/s);
  }
});
