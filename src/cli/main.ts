#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runCommandLine } from './commands.ts';

const { env, stdout } = process;

// Whoever reads may have read enough, as `head` has.
stdout.on('error', () => {});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  version: versionOf(),
  print: (text) => void stdout.write(`${text}\n`),
  complain: (text) => void process.stderr.write(`${text}\n`),
  color: stdout.isTTY === true && !env['NO_COLOR'],
  onInterrupt(callback) {
    process.once('SIGINT', callback);
    process.once('SIGTERM', callback);
    return () => {
      process.off('SIGINT', callback);
      process.off('SIGTERM', callback);
    };
  },
});

/** Of the package this file is in: src/cli and dist/src/cli are not equally deep. */
function versionOf(): string {
  for (const up of ['../../', '../../../']) {
    try {
      const { name, version } = JSON.parse(
        readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8'),
      );
      if (name === 'holdfast') return version;
    } catch {
      // One deeper.
    }
  }
  return 'unknown';
}
