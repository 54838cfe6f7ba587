import { vi } from 'vitest';
import type { Machine } from '../../tools/program.mjs';

/** A machine on which these files are there, and start. */
export function machine(
  files: string[],
  { installs = {}, ...rest }: Partial<Omit<Machine, 'run'>> & Installs = {},
) {
  const there = new Set(files);
  const run = vi.fn((command: string) => {
    const made = installs[command];
    if (made !== undefined) there.add(made);
    return made !== undefined;
  });
  const list = (folder: string) => [
    ...new Set(
      [...there]
        .filter((path) => path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`))
        .map((path) => path.slice(folder.length + 1).split(/[/\\]/)[0] ?? ''),
    ),
  ];
  return {
    platform: 'linux',
    isRoot: true,
    env: { HOME: '/home/me', PATH: '/bin:/opt/bin' },
    exists: (path: string) => there.has(path),
    list,
    works: () => true,
    run,
    ...rest,
  };
}

interface Installs {
  /** Command → the file that it leaves. Every other command fails. */
  installs?: Record<string, string>;
}
