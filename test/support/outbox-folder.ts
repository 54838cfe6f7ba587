import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { fileStore } from '../../src/node/index.ts';
import type { OutboxEntry, OutboxStore } from '../../src/outbox/store.ts';

/** A folder that goes with the test. */
export function useFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function closing<S extends OutboxStore>(store: S): S {
  onTestFinished(async () => {
    await store.close?.();
  });
  return store;
}

/** What the next process would find: the ids, in order, and what it would be told. */
export async function afterRestart(folder: string, identity = 'alice') {
  const store = fileStore(folder);
  try {
    const { entries, corrupt } = await store.load(identity);
    return { ids: entries.map(({ id }) => id), entries, corrupt };
  } finally {
    await store.close?.();
  }
}

/** Makes every owner in the folder look dead. */
export function killOwners(folder: string): void {
  for (const file of readdirSync(folder)) if (file.endsWith('.sock')) unlinkSync(join(folder, file));
}

export function filesOf(folder: string, ending: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))
    .sort();
}

export function textOf(folder: string, ending: string): string {
  return filesOf(folder, ending)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
}

export function entry(id: string, more: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    id,
    event: 'chat',
    payload: { text: `of ${id}` },
    bytes: 12,
    once: false,
    acceptedAt: 1,
    expiresAt: null,
    isTried: false,
    ...more,
  };
}
