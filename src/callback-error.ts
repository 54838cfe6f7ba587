import { describe } from './describe.ts';
import { HoldfastError } from './errors.ts';

/** A callback given to holdfast threw (LC-13). `who`: as the docs name it, such as `` `identify` ``. */
export function threw(who: string, thrown: unknown): HoldfastError {
  return new HoldfastError('callback-threw', `${who} threw: ${describe(thrown)}`);
}

/** A callback gave what cannot be used. */
export function gaveOther(who: string, expected: string): HoldfastError {
  return new HoldfastError('callback-threw', `${who} did not give ${expected}`, {
    hint: `Return ${expected} from it.`,
  });
}
