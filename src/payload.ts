import { describe } from './describe.ts';
import { HoldfastError } from './errors.ts';

export interface CopiedPayload {
  /** Plain objects, arrays, single values and fresh `Uint8Array`s. */
  readonly payload: unknown;
  /** On the wire: UTF-8 bytes of its JSON, and binary parts at their length. */
  readonly bytes: number;
  /** Of the largest packet it makes: Socket.IO sends each binary part in one of its own. */
  readonly largest: number;
}

/**
 * Copies a payload as JSON would carry it, in one walk: properties that are `undefined` are left out, `toJSON` counts,
 * and a hole in an array is `null`. Bytes of any kind stay bytes.
 *
 * @throws HoldfastError `payload-invalid` with the path of what JSON cannot carry, or would lose without a word.
 */
export function copyPayload(payload: unknown): CopiedPayload {
  const walk: Walk = { path: [], ancestors: [], text: 0, binary: 0, largest: 0 };
  try {
    const copy = copyValue(walk, payload, 0);
    if (copy === undefined) return nothing;
    const { text, binary, largest } = walk;
    return { payload: copy, bytes: text + binary, largest: Math.max(text, largest) };
  } catch (thrown) {
    if (thrown instanceof HoldfastError) throw thrown;
    // A getter, a `toJSON` or a proxy of the app; or a stack that was deep when we were called.
    throw invalid(walk, `threw: ${describe(thrown)}`);
  }
}

/** Socket.IO writes `null` for it. */
const nothing: CopiedPayload = { payload: undefined, bytes: 4, largest: 4 };

interface Walk {
  /** Keys on the way to where the walk is. */
  readonly path: (string | number)[];
  readonly ancestors: object[];
  text: number;
  binary: number;
  largest: number;
}

/** What writes it on the wire walks it too, on a stack that may be deeper than ours. */
const deepest = 1_000;

function copyValue(walk: Walk, value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      walk.text += sizeOfText(value);
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw invalid(walk, `is ${value}`);
      walk.text += sizeOfNumber(value);
      return value;
    case 'boolean':
      walk.text += value ? 4 : 5;
      return value;
    case 'undefined':
      return undefined;
    case 'object':
      if (value === null) {
        walk.text += 4;
        return null;
      }
      return copyObject(walk, value, depth);
    case 'function':
      throw invalid(walk, 'is a function');
    case 'symbol':
      throw invalid(walk, 'is a symbol');
    case 'bigint':
      throw invalid(walk, 'is a BigInt');
  }
}

function copyObject(walk: Walk, value: object, depth: number): unknown {
  // Before `toJSON`: a Buffer has one.
  const bytes = copyBytes(value);
  if (bytes !== null) {
    walk.text += sizeOfPlaceholder;
    walk.binary += bytes.length;
    if (bytes.length > walk.largest) walk.largest = bytes.length;
    return bytes;
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
    const key = depth === 0 ? '' : String(walk.path[depth - 1]);
    const json = (value as { toJSON(key: string): unknown }).toJSON(key);
    const isMadeOfParts = typeof json === 'object' && json !== null && copyBytes(json) === null;
    return isMadeOfParts ? copyParts(walk, json, depth) : copyValue(walk, json, depth);
  }
  return copyParts(walk, value, depth);
}

/** `toJSON` was asked already, or there is none. */
function copyParts(walk: Walk, value: object, depth: number): unknown {
  if (depth === deepest) throw invalid(walk, `is nested deeper than ${deepest} levels`);
  const { ancestors } = walk;
  if (ancestors.includes(value)) throw invalid(walk, 'is a cycle');
  if (Array.isArray(value)) {
    ancestors.push(value);
    const copy = copyArray(walk, value, depth);
    ancestors.pop();
    return copy;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const single = unboxed(walk, value);
    if (single !== undefined) return copyValue(walk, single, depth);
  }
  ancestors.push(value);
  const copy = copyRecord(walk, value as Readonly<Record<string, unknown>>, depth);
  ancestors.pop();
  return copy;
}

function copyArray(walk: Walk, source: readonly unknown[], depth: number): unknown[] {
  const { path } = walk;
  const copy: unknown[] = [];
  const { length } = source;
  walk.text += length === 0 ? 2 : length + 1;
  for (let index = 0; index < length; index += 1) {
    path[depth] = index;
    const item = copyValue(walk, source[index], depth + 1);
    if (item === undefined) walk.text += 4;
    copy.push(item === undefined ? null : item);
  }
  path.length = depth;
  return copy;
}

function copyRecord(walk: Walk, source: Readonly<Record<string, unknown>>, depth: number) {
  const { path } = walk;
  const copy: Record<string, unknown> = {};
  let count = 0;
  for (const key of Object.keys(source)) {
    path[depth] = key;
    const item = copyValue(walk, source[key], depth + 1);
    if (item === undefined) continue;
    count += 1;
    walk.text += sizeOfText(key);
    // Assigned, it would become the prototype.
    if (key === '__proto__') Object.defineProperty(copy, key, { ...ownProperty, value: item });
    else copy[key] = item;
  }
  path.length = depth;
  // Braces, a colon for each, a comma between them.
  walk.text += count === 0 ? 2 : 2 * count + 1;
  return copy;
}

const ownProperty = { configurable: true, enumerable: true, writable: true };

/** A fresh copy of what holds bytes: Buffers, typed arrays, DataViews, ArrayBuffers. */
function copyBytes(value: object): Uint8Array | null {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  }
  // Nearly everything sent is made of these, and asking for a tag costs more than all the rest.
  if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) return null;
  const tag = tagOf(value);
  return tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer'
    ? new Uint8Array(value as ArrayBuffer).slice()
    : null;
}

/** What Socket.IO puts into the JSON for each binary part. */
const sizeOfPlaceholder = '{"_placeholder":true,"num":0}'.length;

/** The value in a `new String()` and its kin; `undefined` for objects that have properties to send. */
function unboxed(walk: Walk, value: object): unknown {
  const tag = tagOf(value);
  if (tag === 'Object') return undefined;
  if (tag === 'String') return String(value);
  if (tag === 'Number') return Number(value);
  if (tag === 'Boolean') return Boolean.prototype.valueOf.call(value);
  if (lost.has(tag) || Object.keys(value).length === 0) {
    throw invalid(walk, `is ${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`);
  }
  return undefined;
}

/** JSON makes `{}` of these, or of what matters in them. */
const lost: ReadonlySet<string> = new Set([
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Promise', 'RegExp', 'Error', 'DOMException'],
  ...['Blob', 'File', 'FormData', 'Headers', 'URLSearchParams', 'ReadableStream', 'Symbol', 'BigInt'],
]);

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** In JSON, with its quotes and escapes. */
function sizeOfText(text: string): number {
  let size = text.length + 2;
  if (plainText.test(text)) return size;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      if (unit === 0x22 || unit === 0x5c) size += 1;
      else if (unit < 0x20) size += isShort(unit) ? 1 : 5;
    } else if (unit < 0x800) {
      size += 1;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      size += 2;
    } else if (unit < 0xdc00 && isLow(text.charCodeAt(index + 1))) {
      // Two units make one character of four bytes.
      size += 2;
      index += 1;
    } else {
      // Alone, it is written as an escape of six.
      size += 5;
    }
  }
  return size;
}

/** What JSON writes as it is, one byte each: nearly all there is, and found faster than counted. */
const plainText = /^[ !#-[\]-~]*$/;

/** \b \t \n \f \r */
function isShort(unit: number): boolean {
  return unit >= 0x08 && unit <= 0x0d && unit !== 0x0b;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function sizeOfNumber(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 10) return 1;
  return String(value).length;
}

function invalid({ path }: Walk, what: string): HoldfastError {
  const shown = path.length > 12 ? [...path.slice(0, 12), '…'] : path;
  const steps = shown.map((step) => (isWord.test(String(step)) ? `.${step}` : `[${JSON.stringify(step)}]`));
  return new HoldfastError('payload-invalid', `payload${steps.join('')} ${what}`);
}

const isWord = /^[\p{ID_Start}$_…][\p{ID_Continue}$]*$/u;
