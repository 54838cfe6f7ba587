import { HoldfastError } from './errors.ts';
import { nearest } from './nearest.ts';

/** Names the option, what was given, and what is allowed (ER-1). */
export function badOption(name: string, given: unknown, allowed: string): HoldfastError {
  return new HoldfastError('bad-option', `\`${name}\` is ${show(given)}; allowed: ${allowed}`, {
    hint: `Set \`${name}\` to ${allowed}.`,
  });
}

/** Whose options these are: what stands before their names, and after the complaint. */
export interface Whose {
  readonly prefix?: string;
  readonly owner?: string;
}

/** Names the option, and the known one that was probably meant. */
export function unknownOption(
  name: string,
  known: readonly string[],
  { prefix = '', owner = '' }: Whose = {},
): HoldfastError {
  const near = nearest(name, known);
  const hint = near === undefined ? {} : { hint: `Did you mean \`${prefix}${near}\`?` };
  return new HoldfastError('unknown-option', `there is no option \`${prefix}${name}\`${owner}`, hint);
}

/** Shows a wrong value without what is in it: it may be a credential in the wrong place (CR-12). */
function show(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
