import { inspect } from 'node:util';
import { onTestFinished, vi } from 'vitest';

/**
 * Every string that can be reached from a value: keys and values, hidden properties, maps, sets, errors. What a closure
 * or a private field holds is out of reach, for this as for an inspector.
 */
export function strings(root: unknown): string[] {
  const found: string[] = [];
  const seen = new Set<unknown>();
  const toVisit: unknown[] = [root];
  while (toVisit.length > 0) {
    const value = toVisit.pop();
    if (typeof value === 'string') found.push(value);
    if (value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value))
      continue;
    seen.add(value);
    if (value instanceof Map || value instanceof Set) toVisit.push(...[...value].flat());
    for (const key of Reflect.ownKeys(value)) {
      toVisit.push(String(key), read(value, key));
    }
  }
  return found;
}

/** What the process writes from now on until the test ends: through the console, and past it. */
export function overhearConsole(): string[] {
  const written: string[] = [];
  const note = (...said: unknown[]) => {
    written.push(
      said.map((each) => (typeof each === 'string' ? each : inspect(each, { depth: 10 }))).join(' '),
    );
  };
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(note),
    ),
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      note(String(chunk));
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      note(String(chunk));
      return true;
    }),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return written;
}

/** Getters may throw; then there is nothing to read. */
function read(value: object, key: string | symbol): unknown {
  try {
    return (value as Record<string | symbol, unknown>)[key];
  } catch {
    return undefined;
  }
}
