/** Words for whatever was thrown: `throw` takes any value, also one whose getters throw. */
export function describe(thrown: unknown): string {
  try {
    if (thrown instanceof Error)
      return thrown.message === '' ? `${thrown.name}` : `${thrown.name}: ${thrown.message}`;
    if (typeof thrown === 'string') return thrown;
    if (thrown === null || thrown === undefined) return `${thrown} was thrown`;
    return typeof thrown === 'object' ? 'an object was thrown' : `a ${typeof thrown} was thrown`;
  } catch {
    return 'something that cannot be described was thrown';
  }
}
