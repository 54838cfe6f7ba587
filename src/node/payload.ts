/**
 * Payloads as JSON. Bytes become `{ "$bytes": base64 }` and `undefined` becomes `{ "$undefined": true }`; a key of the
 * payload's own that begins with `$` gets another `$` in front, so that nothing in a payload can look like either.
 */
export function packPayload(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { $undefined: true };
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      return value === null ? null : packObject(value);
    default:
      throw new TypeError(`a ${typeof value} is no JSON data`);
  }
}

/** The reverse. Throws for what `packPayload` never makes. */
export function unpackPayload(packed: unknown): unknown {
  if (typeof packed !== 'object' || packed === null) return packed;
  if (Array.isArray(packed)) return packed.map(unpackPayload);
  const entries = Object.entries(packed);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === '$undefined') return undefined;
  if (entries.length === 1 && first?.[0] === '$bytes') return bytesOf(first[1]);
  // `fromEntries` defines what it is given: a key `__proto__` stays a key.
  return Object.fromEntries(entries.map(([key, value]) => [plainKey(key), unpackPayload(value)]));
}

function packObject(value: object): unknown {
  if (value instanceof Uint8Array) {
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }
  // Holes are `undefined` too, and `map` would leave them out.
  if (Array.isArray(value)) return Array.from(value, packPayload);
  if ('toJSON' in value && typeof value.toJSON === 'function') return packPayload(value.toJSON());
  if (Object.prototype.toString.call(value) !== '[object Object]') {
    throw new TypeError(`${Object.prototype.toString.call(value).slice(8, -1)} is no JSON data`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, packPayload(item)]),
  );
}

function plainKey(key: string): string {
  if (!key.startsWith('$')) return key;
  if (!key.startsWith('$$')) throw new TypeError('an unknown mark in a payload');
  return key.slice(1);
}

function bytesOf(base64: unknown): Uint8Array {
  if (typeof base64 !== 'string') throw new TypeError('bytes that are no text');
  return new Uint8Array(Buffer.from(base64, 'base64'));
}
