import { secretsOf } from '../../link/observe.ts';
import { redact } from '../../secret.ts';

const longest = 160;

/**
 * Takes out of what is printed whatever must not be read (CR-12): tokens and passwords, as they are or in the spellings
 * in which servers echo them.
 */
export class Hider {
  /** Too short or too common to be replaced everywhere, but not to be quoted. */
  #all: string[] = [];
  #sure: string[] = [];

  add(secret: string): void {
    if (secret === '') return;
    this.#all.push(...spellings(secret));
    this.#sure.push(...secretsOf({ secret }).flatMap(spellings));
  }

  /** What a server said, as a part of a sentence: without secrets, printable, and short in this order. */
  quote(said: string): string {
    const hidden = redact(said.replace(queryOfUrl, '$1'), this.#all);
    const line = printable(hidden).replace(/\s+/g, ' ').trim();
    return line.length > longest ? `${line.slice(0, longest)}…` : line;
  }

  /** The last gate: every string that leaves the doctor. */
  hide<T>(value: T): T {
    return clean(redact(value, this.#sure)) as T;
  }
}

function spellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const base64 = Buffer.from(secret).toString('base64');
  return [...new Set([secret, encodeURIComponent(secret), json, html, base64, base64.replace(/=+$/, '')])];
}

/** Escape sequences of a server must not reach the terminal, nor characters that turn the direction of a line. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g, ' ');
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
}

const queryOfUrl = /(\b(?:https?|wss?):\/\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi;
