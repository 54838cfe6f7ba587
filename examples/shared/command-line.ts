import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What was asked for on the command line cannot be; the message says what is allowed. */
export class BadOption extends Error {
  override readonly name = 'BadOption';
}

/** @throws BadOption for what is not among the options. */
export function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new BadOption((error as Error).message);
  }
}

/**
 * A reader of numbers out of what was given.
 *
 * @throws BadOption
 */
export function numbersIn<Given extends Readonly<Record<string, unknown>>>(given: Given) {
  return (name: keyof Given & string, fallback: number, least: number, most: number): number => {
    const text = given[name];
    if (text === undefined) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new BadOption(
      `--${name} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`,
    );
  };
}

/** Reads the options, or ends the process: with 0 after `--help`, with 2 and the usage when they are wrong. */
export function optionsOrEnd<Options>(read: (args: readonly string[]) => Options, usage: string): Options {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    process.exit();
  }
  try {
    return read(args);
  } catch (error) {
    if (!(error instanceof BadOption)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
