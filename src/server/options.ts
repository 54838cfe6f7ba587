import { ServerError } from './errors.ts';

/** What an option may be, in words and as a question. */
export interface Rule {
  readonly allowed: string;
  readonly fits: (given: unknown) => boolean;
  /** Whether it may not be left out. */
  readonly isRequired?: boolean;
}

/**
 * Holds the options that a part of the server was given against its rules.
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 */
export function checkOptions(owner: string, given: unknown, rules: Readonly<Record<string, Rule>>): void {
  if (typeof given !== 'object' || given === null) throw badOption(owner, 'options', 'an object');
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(rules, name)) continue;
    const known = Object.keys(rules).join(', ');
    throw new ServerError('unknown-option', `${owner}() has no option \`${name}\``, `It has: ${known}.`);
  }
  for (const [name, { allowed, fits, isRequired = false }] of Object.entries(rules)) {
    const value: unknown = (given as Record<string, unknown>)[name];
    if (value === undefined ? isRequired : !fits(value)) throw badOption(owner, name, allowed);
  }
}

/** Without the value that was given: it may be a secret in the wrong place. */
function badOption(owner: string, name: string, allowed: string): ServerError {
  const message = `\`${name}\` of ${owner}() is not ${allowed}`;
  return new ServerError('bad-option', message, `Set \`${name}\` to ${allowed}.`);
}

/** Longer than this, Node's timers fire at once. */
const longest = 2 ** 31 - 1;

export const rules = {
  ms: {
    allowed: 'a number of ms from 1 to 2^31 - 1',
    fits: (given) => typeof given === 'number' && given >= 1 && given <= longest,
  },
  /** Or none at all. */
  wait: {
    allowed: 'a number of ms from 0 to 2^31 - 1',
    fits: (given) => typeof given === 'number' && given >= 0 && given <= longest,
  },
  /** Of what no timer waits for. */
  span: {
    allowed: 'a number of ms from 1',
    fits: (given) => Number.isFinite(given) && (given as number) >= 1,
  },
  count: {
    allowed: 'a whole number from 1',
    fits: (given) => Number.isSafeInteger(given) && (given as number) >= 1,
  },
  name: { allowed: 'a non-empty string', fits: (given) => typeof given === 'string' && given !== '' },
  callback: { allowed: 'a function', fits: (given) => typeof given === 'function' },
} satisfies Record<string, Rule>;

/** An object with these methods. */
export function withMethods(...names: readonly string[]): Rule {
  return {
    allowed: `an object with ${names.join('(), ')}()`,
    fits: (given) =>
      typeof given === 'object' &&
      given !== null &&
      names.every((name) => typeof (given as Record<string, unknown>)[name] === 'function'),
  };
}
