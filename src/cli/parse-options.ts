import { type ParseArgsConfig, parseArgs } from 'node:util';
import { nearest } from '../nearest.ts';
import { UsageError } from './command.ts';

/** As `parseArgs` of Node; throws a `UsageError` that shows no value: one may be a token. */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
): ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw new UsageError(message.split('\n', 1)[0] ?? message);
    const [, name = ''] = /'-{0,2}([\w-]+)/.exec(message) ?? [];
    const meant = nearest(name, Object.keys(options));
    throw new UsageError(
      `there is no option --${name}${meant === undefined ? '' : `; did you mean --${meant}?`}`,
    );
  }
}
