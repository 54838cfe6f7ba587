/** Bounds of what is copied: an inspector shows it to a person. */
const longest = 2_000;
const most = 100;
const deepest = 6;

/**
 * Copies what can be shown and sent: texts, numbers, lists and plain objects. Functions are left out, and so is what is
 * inside of class instances: ports, sockets and secrets are told by their names alone (CR-12). Never throws.
 */
export function plain(value: unknown, depth = 0): unknown {
  try {
    return copy(value, depth);
  } catch {
    return '[cannot be read]';
  }
}

function copy(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > longest ? `${value.slice(0, longest)}…` : value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
    case 'undefined':
      return value;
    case 'object':
      return value === null ? null : copyObject(value, depth);
    case 'bigint':
    case 'symbol':
      return String(value);
    default:
      return undefined;
  }
}

function copyObject(value: object, depth: number): unknown {
  if (depth >= deepest) return '[deeper]';
  if (Array.isArray(value)) return value.slice(0, most).map((each) => plain(each, depth + 1));
  if (value instanceof Error) return { name: value.name, message: plain(value.message) };
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    return `[${prototype.constructor?.name ?? 'object'}]`;
  const entries = Object.entries(value).slice(0, most);
  return Object.fromEntries(
    entries.flatMap(([key, each]) => {
      const copied = plain(each, depth + 1);
      return copied === undefined ? [] : [[key, copied]];
    }),
  );
}
