/**
 * A copy with nothing in it but plain data: what is a function, or an instance of a class, is left out. Numbers that
 * JSON has no word for become text.
 */
export function plainData(value: unknown): unknown {
  return copyOf(value, []);
}

function copyOf(value: unknown, around: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'object':
      return value === null || around.includes(value) ? null : copyOfObject(value, [...around, value]);
    default:
      return undefined;
  }
}

function copyOfObject(value: object, around: readonly object[]): unknown {
  if (Array.isArray(value)) return value.map((item) => copyOf(item, around));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each, around)]));
}
