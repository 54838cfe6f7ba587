/** `npm test`: every check there is. Its last line counts the tests. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checks } from './check.ts';
import { isMain } from './paths.ts';
import { conclude, runSteps, type Step } from './steps.ts';

/** What is read of the report that vitest writes. */
export interface VitestReport {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

/** A file that fails before its first test counts as one failed test, and so does a process that dies in the middle of one. */
export function countTests(report: VitestReport | undefined): { passed: number; failed: number } {
  if (!report) return { passed: 0, failed: 1 };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return { passed: report.numPassedTests, failed: report.success ? failed : Math.max(1, failed) };
}

const bridge = '--workspace holdfast-inspect-classic';

function steps(reportPath: string): Step[] {
  // The package is built once, here: packing it must not build it again.
  const env = { npm_config_ignore_scripts: 'true' };
  return [
    ...checks,
    { name: 'spec', command: 'tsx tools/spec.ts', show: 'always' },
    { name: 'build', command: 'npm run --silent build' },
    { name: 'package', command: 'npm run --silent package', needs: 'build', beside: true, env },
    {
      name: 'package of the bridge',
      command: `npm run --silent build ${bridge} && npm run --silent package ${bridge}`,
      beside: true,
      env,
    },
    { name: 'API report', command: 'tsx tools/api-report.ts --check', needs: 'package of the bridge' },
    { name: 'size', command: 'tsx tools/size.ts', show: 'always', needs: 'build' },
    { name: 'properties', command: 'tsx tools/property.ts', show: 'always' },
    // When there is none, the tests in it fail and say so; the others run.
    { name: 'chromium', command: 'node tools/chromium.mjs', show: 'always' },
    { name: 'redis', command: 'node tools/redis.mjs', show: 'always' },
    { name: 'nginx', command: 'node tools/nginx.mjs', show: 'always' },
    {
      name: 'tests',
      // The apps that take long to build are left to `npm run consumers`.
      command: `vitest run --project=!consumers --reporter=default --reporter=json --outputFile.json="${reportPath}"`,
      show: 'always',
    },
  ];
}

function readReport(path: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

if (isMain(import.meta.url)) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const reportPath = join(folder, 'vitest.json');
  conclude(await runSteps(steps(reportPath)));
  const { passed, failed } = countTests(readReport(reportPath));
  rmSync(folder, { recursive: true });
  console.log(`\n${passed} passed, ${failed} failed`);
}
