/** Reasons of a loss that Socket.IO knows; metrics have one label for each, and `other` for what is none of them. */
const reasons: ReadonlySet<string> = new Set([
  'transport error',
  'transport close',
  'forced close',
  'forced server close',
  'ping timeout',
  'parse error',
  'client namespace disconnect',
  'server namespace disconnect',
  'server shutting down',
]);

export function reasonOf(said: string): string {
  return reasons.has(said) ? said : 'other';
}
