/** What an Engine.IO server says first. */
export interface Handshake {
  readonly sid: string;
  readonly upgrades: readonly string[];
  /** ms */
  readonly pingInterval: number;
  /** ms */
  readonly pingTimeout: number;
  /** Bytes; older servers do not say. */
  readonly maxPayload: number | null;
}

/** What the first words of a server are, as Engine.IO. */
export type Opening =
  | { readonly kind: 'open'; readonly version: 3 | 4; readonly handshake: Handshake }
  /** It begins like a handshake, but lacks what one must have. */
  | { readonly kind: 'broken'; readonly why: string }
  /** Engine.IO says no, in its own words. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  /** Not Engine.IO at all. */
  | { readonly kind: 'other' };

/** Reads the answer to a first `polling` request, or the first message over WebSocket. */
export function readOpening(text: string): Opening {
  // Version 3 puts the length in front, and Socket.IO 2 its CONNECT behind: `96:0{…}2:40`.
  const old = /^(\d{1,6}):0(?=\{)/.exec(text);
  if (old !== null) {
    const start = String(old[1]).length + 2;
    return readHandshake(text.slice(start, start + Number(old[1]) - 1), 3);
  }
  if (text.startsWith('0{')) return readHandshake(text.slice(1).split('\x1e', 1)[0] ?? '', 4);
  return readRefusal(text);
}

function readHandshake(json: string, version: 3 | 4): Opening {
  let said: unknown;
  try {
    said = JSON.parse(json);
  } catch {
    return { kind: 'broken', why: 'it is not JSON' };
  }
  const { sid, upgrades, pingInterval, pingTimeout, maxPayload } = said as Record<string, unknown>;
  if (typeof sid !== 'string' || sid === '') return { kind: 'broken', why: 'there is no `sid`' };
  if (!Array.isArray(upgrades)) return { kind: 'broken', why: 'there are no `upgrades`' };
  if (!isTime(pingInterval)) return { kind: 'broken', why: 'there is no `pingInterval`' };
  if (!isTime(pingTimeout)) return { kind: 'broken', why: 'there is no `pingTimeout`' };
  const largest = typeof maxPayload === 'number' && maxPayload > 0 ? maxPayload : null;
  const handshake = { sid, upgrades: upgrades.map(String), pingInterval, pingTimeout, maxPayload: largest };
  return { kind: 'open', version, handshake };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** The errors of Engine.IO by number; to an upgrade it says the words alone. */
const words = [
  'Transport unknown',
  'Session ID unknown',
  'Bad handshake method',
  'Bad request',
  'Forbidden',
  'Unsupported protocol version',
];

export const engineErrors = { transport: 0, session: 1, request: 3, forbidden: 4, version: 5 } as const;

function readRefusal(text: string): Opening {
  if (text.length > 4096) return { kind: 'other' };
  try {
    const { code, message } = JSON.parse(text) as { code?: unknown; message?: unknown };
    const known = typeof code === 'number' && code >= 0 && code < words.length;
    if (known && typeof message === 'string') return { kind: 'refused', code, message };
  } catch {
    // No JSON: words, perhaps.
  }
  const said = text.trim().replace(/^"|"$/g, '');
  const code = words.indexOf(said);
  if (code >= 0) return { kind: 'refused', code, message: said };
  // python-engineio has words of its own.
  if (/unsupported version of the Socket\.IO or Engine\.IO/i.test(said))
    return { kind: 'refused', code: engineErrors.version, message: said };
  if (said === 'Invalid transport') return { kind: 'refused', code: engineErrors.transport, message: said };
  if (said === 'Invalid session') return { kind: 'refused', code: engineErrors.session, message: said };
  return { kind: 'other' };
}
