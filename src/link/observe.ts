import type { Observed } from '../../machines/verdict.ts';
import { redact } from '../secret.ts';
import type { Auth } from './link.ts';

/**
 * What a `connect_error` shows. `refused`: Socket.IO itself answered no, rather than something on the way to it.
 * `now` is for a `Retry-After` that is a date.
 */
export function observeError(
  error: unknown,
  refused: boolean,
  secrets: readonly string[],
  now: number,
): Observed {
  if (refused) {
    const data = read(error, 'data');
    return withoutSecrets(
      {
        during: 'refused',
        message: textOf(error) || 'the server refused',
        ...(data === undefined ? {} : { data }),
      },
      secrets,
    );
  }
  return withoutSecrets({ during: 'failed', message: wordsOf(error), ...traitsOf(error, now) }, secrets);
}

/** What a `disconnect` shows: of an accepted link (`lost`), or before the server accepted it (`failed`). */
export function observeDisconnect(
  during: 'lost' | 'failed',
  reason: string,
  details: unknown,
  secrets: readonly string[],
  now: number,
): Observed {
  const { status, engineCode, closeCode, systemCode, retryAfter } = traitsOf(details, now);
  const close = read(details, 'context');
  const said = text(read(close, 'reason')) || (details instanceof Error ? wordsOf(details) : '');
  const aside = [closeCode, said].filter((part) => part !== undefined && part !== '').join(', ');
  return withoutSecrets(
    {
      during,
      message: aside === '' ? reason : `${reason} (${aside})`,
      reason,
      ...given({ status, engineCode, closeCode, systemCode, retryAfter }),
    },
    secrets,
  );
}

/** What must not come back in a server's words (CR-12). Words that refusals are made of are nobody's secret. */
export function secretsOf(auth: Auth): readonly string[] {
  const values = Object.values(auth).filter((value) => typeof value === 'string');
  // Servers echo `Bearer <token>` without its first word.
  const parts = values.flatMap((value) => value.split(/\s+/).filter((part) => part.length >= 16));
  const secrets = [...new Set([...values, ...parts])].filter(
    (value) => value.length >= 4 && !everydayWords.has(value.toLowerCase()),
  );
  // The longest first, so that no secret is cut up by one that is a part of it.
  return secrets.sort((a, b) => b.length - a.length);
}

const everydayWords = new Set(
  'auth authentication authorization token bearer credential credentials session login user guest forbidden blocked banned'.split(
    ' ',
  ),
);

type Traits = Pick<Observed, 'status' | 'retryAfter' | 'engineCode' | 'closeCode' | 'systemCode' | 'reason'>;

function traitsOf(error: unknown, now: number): Traits {
  const description = read(error, 'description');
  const context = read(error, 'context');
  const status = statusOf(description);
  return given({
    status,
    retryAfter: retryAfterOf(context, now),
    engineCode: integer(read(bodyOf(context), 'code')),
    closeCode: status === undefined ? integer(read(context, 'code')) : undefined,
    systemCode: systemCodeOf(error) ?? systemCodeOf(description) ?? systemCodeOf(read(context, 'statusText')),
    // What Engine.IO could not decode: a page of HTML, most of the time.
    reason: read(error, 'code') === 'parser error' ? 'parse error' : undefined,
  });
}

/** `polling` shows the number itself, `ws` hides it in the words of its error, and browsers' WebSocket shows nothing. */
function statusOf(description: unknown): number | undefined {
  if (typeof description === 'number') return description > 0 ? description : undefined;
  const status = /Unexpected server response: (\d{3})/.exec(text(read(description, 'message')));
  return status === null ? undefined : Number(status[1]);
}

/** Readable while the handler runs, and not after: seconds, or a date by the server's clock (RE-2). */
function retryAfterOf(xhr: unknown, now: number): number | undefined {
  const header = headerOf(xhr, 'retry-after')?.trim();
  if (header === undefined || header === '') return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  // Date.parse makes dates of numbers, too.
  const until = /^[A-Za-z]/.test(header) ? Date.parse(header) : Number.NaN;
  const answered = Date.parse(headerOf(xhr, 'date') ?? '');
  const wait = until - (Number.isNaN(answered) ? now : answered);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function headerOf(xhr: unknown, name: string): string | undefined {
  const getHeader = read(xhr, 'getResponseHeader');
  if (typeof getHeader !== 'function') return undefined;
  try {
    const value: unknown = getHeader.call(xhr, name);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Engine.IO explains a 400 or 403 in its body: `{ code, message }`. */
function bodyOf(xhr: unknown): unknown {
  const body = text(read(xhr, 'responseText'));
  if (!body.startsWith('{')) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Node hides the code behind wrappers; one that tried several addresses has an error for each. */
function systemCodeOf(error: unknown, depth = 0): string | undefined {
  if (depth > 4 || typeof error !== 'object' || error === null) return undefined;
  const code = read(error, 'code');
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,}$/.test(code)) return code;
  const errors = read(error, 'errors');
  const within = [read(error, 'error'), read(error, 'cause'), ...(Array.isArray(errors) ? errors : [])];
  for (const inner of within) {
    const found = systemCodeOf(inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What went wrong on the way, for people. */
function wordsOf(error: unknown): string {
  const description = read(error, 'description');
  const context = read(error, 'context');
  const status = statusOf(description);
  if (status !== undefined) {
    const said = text(read(bodyOf(context), 'message'));
    return `the server answered with HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  }
  if (read(error, 'code') === 'parser error') return 'what answered does not speak Engine.IO';
  const detail =
    textOf(description) ||
    textOf(read(context, 'statusText')) ||
    (systemCodeOf(error) ?? systemCodeOf(description));
  const general = textOf(error);
  if (detail !== undefined) return detail;
  if (general === 'websocket error') return 'the WebSocket could not be opened';
  if (general === 'xhr poll error' || general === 'xhr post error') return 'the HTTP request failed';
  return general || 'the server could not be reached';
}

function textOf(error: unknown): string {
  return typeof error === 'string' ? error : text(read(error, 'message'));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function integer(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** Errors come from servers, proxies and hosts: a getter may throw, and anything may be anything. */
function read(from: unknown, key: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  try {
    return (from as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function given<T extends object>(traits: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined)) as never;
}

const longest = 300;

/** Redacts before it shortens: half a credential is still one. */
function withoutSecrets(observed: Observed, secrets: readonly string[]): Observed {
  const message = redact(observed.message.replace(queryOfUrl, '$1'), secrets);
  const short = message.length > longest ? `${message.slice(0, longest)}…` : message;
  return 'data' in observed
    ? { ...observed, message: short, data: redact(observed.data, secrets) }
    : { ...observed, message: short };
}

const queryOfUrl = /(\b(?:https?|wss?):\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi;
