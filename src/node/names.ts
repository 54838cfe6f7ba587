import { createHash, randomBytes } from 'node:crypto';

/**
 * What the name of a log says: whose messages, in which place among the logs of the same identity, who made it and who
 * owns it now. Made of digits alone, so that no identity can leave the folder, and none meets another where the file
 * system does not tell capitals from small letters.
 */
export interface LogName {
  readonly shelf: string;
  readonly place: number;
  readonly maker: string;
  readonly owner: string;
}

/** A fixed-length stand-in for an identity. Of its UTF-16, so that halves of surrogate pairs stay apart too. */
export function shelfName(identity: string): string {
  return createHash('sha256').update(Buffer.from(identity, 'utf16le')).digest('hex').slice(0, 32);
}

/** Never used twice. */
export function ownerName(): string {
  return randomBytes(8).toString('hex');
}

export function logFile({ shelf, place, maker, owner }: LogName): string {
  return `${shelf}.${digits(place)}.${maker}.${owner}.log`;
}

/** Where its damaged lines go, whoever owns it. */
export function corruptFile({ shelf, place, maker }: LogName): string {
  return `${shelf}.${digits(place)}.${maker}.corrupt`;
}

/** `null` for files that are no logs. */
export function readLogFile(file: string): LogName | null {
  const [, shelf, place, maker, owner] = logPattern.exec(file) ?? [];
  if (shelf === undefined || maker === undefined || owner === undefined) return null;
  return { shelf, place: Number(place), maker, owner };
}

export function lockFile(owner: string): string {
  return `${owner}.sock`;
}

/** The owner that a lock file belongs to; `null` for other files. */
export function readLockFile(file: string): string | null {
  return lockPattern.exec(file)?.[1] ?? null;
}

/** In the order in which their entries were put. */
export function byPlace(a: LogName, b: LogName): number {
  return a.place - b.place || (a.maker < b.maker ? -1 : 1);
}

const logPattern = /^([0-9a-f]{32})\.(\d{6,15})\.([0-9a-f]{16})\.([0-9a-f]{16})\.log$/;
const lockPattern = /^([0-9a-f]{16})\.sock$/;

function digits(place: number): string {
  return String(place).padStart(6, '0');
}
