import { randomUUID } from 'node:crypto';

/**
 * A payload as text: what the app does to the object afterwards changes nothing. As JSON, since that is what goes over
 * the wire; where there are bytes in it, which Socket.IO carries beside, in base64 within.
 *
 * @throws what `JSON.stringify` throws: for a cycle, a BigInt.
 */
export function writePayload(payload: unknown): string {
  const text = JSON.stringify(payload) ?? 'null';
  if (!marksOfBytes.some((mark) => text.includes(mark)) || !hasBytes(payload)) return text;
  // Nobody whose words are in the payload can have guessed it.
  const key = randomUUID();
  return bytesWithin + key + JSON.stringify(payload, bytesAs(key));
}

export function readPayload(text: string): unknown {
  if (isPlain(text)) return JSON.parse(text);
  const start = bytesWithin.length + 36;
  const key = text.slice(bytesWithin.length, start);
  return JSON.parse(text.slice(start), (_, value) => {
    const base64 = value?.[key];
    return typeof base64 === 'string' ? Buffer.from(base64, 'base64') : value;
  });
}

/** Whether such a text is what goes over the wire as it is. */
export function isPlain(text: string): boolean {
  return !text.startsWith(bytesWithin);
}

/** No JSON begins so. */
const bytesWithin = 'bytes:';

/** What becomes of bytes in JSON, one of them at least. Whether it was bytes takes a walk through the payload to say. */
const marksOfBytes = ['{"type":"Buffer"', '{"0":', '{}'];

/** As the encoder of Socket.IO looks for them. */
function hasBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isBytes(value)) return true;
  if (Array.isArray(value)) return value.some(hasBytes);
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false;
  for (const name in value)
    if (Object.hasOwn(value, name) && hasBytes((value as Record<string, unknown>)[name])) return true;
  return false;
}

function isBytes(value: object): value is ArrayBufferView | ArrayBuffer {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
}

function bytesAs(key: string) {
  return function replace(this: unknown, name: string, value: unknown): unknown {
    // A Buffer was made an object of numbers by its `toJSON` before it got here.
    const given = (this as Record<string, unknown>)[name];
    if (typeof given !== 'object' || given === null || !isBytes(given)) return value;
    const bytes = ArrayBuffer.isView(given)
      ? Buffer.from(given.buffer, given.byteOffset, given.byteLength)
      : Buffer.from(given);
    return { [key]: bytes.toString('base64') };
  };
}
