import { isRefusal, Refuse } from '../refuse.ts';

/** More is not kept: a store holds many of them. In characters of JSON. */
const longest = 100_000;

/**
 * An answer as it is kept. Of one that JSON cannot carry, or that is too long, only this is kept: whether it was a
 * refusal. A repeat of what is done is then acknowledged with nothing, since a refusal would be a lie. `failed` is told.
 */
export function writeAnswer(answer: unknown, failed: (error: unknown) => void): string {
  if (answer === undefined) return '';
  try {
    const text = JSON.stringify(answer, refuseBytes) ?? '';
    if (text.length <= longest) return text;
    throw new RangeError(`an answer of ${text.length} characters is too long to be kept; most: ${longest}`);
  } catch (error) {
    failed(error);
    return isRefusal(answer) ? JSON.stringify(new Refuse('failed').answer) : '';
  }
}

export function readAnswer(text: string): unknown {
  return text === '' ? undefined : JSON.parse(text);
}

/** Socket.IO carries bytes; JSON would make an object of numbers of them. */
function refuseBytes(this: unknown, key: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[key];
  if (ArrayBuffer.isView(given) || given instanceof ArrayBuffer)
    throw new TypeError('an answer with bytes in it cannot be kept');
  return value;
}
