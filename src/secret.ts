const redacted = '[redacted]';

/**
 * Holds a value that must never be read by accident (CR-12): whatever prints, serialises, inspects or clones it
 * gets `[redacted]`. Only `expose()` gives the value, and only what hands it to the server calls it.
 */
export class Secret<T> {
  /** All that a structured clone carries over: private fields stay behind. */
  readonly secret = redacted;
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. For a link, which hands it to the server, and for nobody else. */
  expose(): T {
    return this.#value;
  }

  /** `[redacted]`. */
  toString(): string {
    return redacted;
  }

  /** `[redacted]`. */
  toJSON(): string {
    return redacted;
  }

  /** `[redacted]`, for `util.inspect` and the console of Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

/**
 * Replaces every occurrence of the given secrets, and whatever has the shape of a bearer token or a JWT, in what a
 * server or a provider said (CR-12 covers echoes).
 */
export function redact<T>(said: T, secrets: readonly string[]): T {
  // The longest first: what is left of a longer one must not show around a shorter one.
  const longestFirst = [...secrets].sort((one, other) => other.length - one.length);
  return redactValue(said, longestFirst, 0) as T;
}

const tokenShapes = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=\bBearer\s+)\S+/gi;

const deepest = 8;

function redactValue(said: unknown, secrets: readonly string[], depth: number): unknown {
  if (typeof said === 'string') return redactText(said, secrets);
  if (typeof said !== 'object' || said === null) return said;
  if (depth === deepest) return redacted;
  if (ArrayBuffer.isView(said) || said instanceof ArrayBuffer) return said;
  try {
    if (Array.isArray(said)) return said.map((item) => redactValue(item, secrets, depth + 1));
    return Object.fromEntries(
      Object.entries(said).map(([key, value]) => [
        redactText(key, secrets),
        redactValue(value, secrets, depth + 1),
      ]),
    );
  } catch {
    // A getter or a proxy that throws.
    return redacted;
  }
}

function redactText(text: string, secrets: readonly string[]): string {
  return secrets
    .reduce((rest, secret) => rest.replaceAll(secret, redacted), text)
    .replace(tokenShapes, redacted);
}
