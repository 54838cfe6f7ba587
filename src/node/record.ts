import { crc32 } from 'node:zlib';
import { bareEntry, isOutboxEntry } from '../outbox/entry-shape.ts';
import type { OutboxEntry } from '../outbox/store.ts';
import { packPayload, unpackPayload } from './payload.ts';

/**
 * One record of a log: a line with the checksum of its JSON in front, and a line break on both sides. The one in front
 * keeps a record apart from a torn or damaged one before it.
 */
export function putRecord(entry: OutboxEntry): Buffer {
  return record({ put: { ...bareEntry(entry), payload: packPayload(entry.payload) } });
}

export function removeRecord(id: string): Buffer {
  return record({ remove: id });
}

/** What the bytes of a log come to. */
export interface Reading {
  /** By id, in the order in which they were first put. */
  readonly live: Map<string, { readonly entry: OutboxEntry; readonly record: Buffer }>;
  /** Whole lines that are no records. */
  readonly bad: readonly Buffer[];
  /** Bytes until the end of the last whole line. What follows was never finished, and so never acknowledged as kept. */
  readonly size: number;
}

export function readRecords(bytes: Buffer): Reading {
  const live: Reading['live'] = new Map();
  const bad: Buffer[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(lineBreak, from);
    const isTail = end === -1;
    const line = bytes.subarray(from, isTail ? bytes.length : end);
    const read = line.length === 0 ? null : readDamaged(line);
    if (read !== null) apply(live, read);
    else if (isTail) break;
    else if (line.length > 0) bad.push(line);
    from = isTail ? bytes.length : end + 1;
  }
  return { live, bad, size: from };
}

type Read = { readonly json: Buffer; readonly said: unknown };

const lineBreak = 0x0a;
const head = '\n00000000 ';

function record(said: unknown): Buffer {
  const bytes = Buffer.from(`${head}${JSON.stringify(said)}\n`);
  bytes.write(checksum(bytes.subarray(head.length, -1)), 1, 'latin1');
  return bytes;
}

function checksum(json: Buffer): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** A damaged line break leaves a whole record, with a byte too many on one side. */
function readDamaged(line: Buffer): Read | null {
  return readLine(line) ?? readLine(line.subarray(0, -1)) ?? readLine(line.subarray(1));
}

function readLine(line: Buffer): Read | null {
  const json = line.subarray(head.length - 1);
  if (line.length < head.length || line[8] !== 0x20) return null;
  if (line.toString('latin1', 0, 8) !== checksum(json)) return null;
  try {
    const said = JSON.parse(json.toString('utf8')) as { put?: { payload: unknown }; remove?: unknown };
    if (typeof said.remove === 'string') return { json, said };
    if (!isOutboxEntry(said.put)) return null;
    return { json, said: { put: { ...said.put, payload: unpackPayload(said.put.payload) } } };
  } catch {
    return null;
  }
}

function apply(live: Reading['live'], { json, said }: Read): void {
  const { put, remove } = said as { put?: OutboxEntry; remove?: string };
  if (remove !== undefined) live.delete(remove);
  if (put !== undefined) live.set(put.id, { entry: put, record: framed(json) });
}

/** Fresh line breaks and checksum around the JSON that was read. */
function framed(json: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`\n${checksum(json)} `), json, Buffer.from('\n')]);
}
