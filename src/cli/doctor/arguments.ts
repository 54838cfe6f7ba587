import { readFileSync } from 'node:fs';
import { UsageError } from '../command.ts';
import { parseOptions } from '../parse-options.ts';
import type { Settings } from './settings.ts';
import { largestToken } from './token-command.ts';

export interface Asked {
  readonly settings: Settings;
  readonly json: boolean;
  readonly quiet: boolean;
}

const options = {
  path: { type: 'string' },
  namespace: { type: 'string' },
  origin: { type: 'string' },
  credentials: { type: 'boolean' },
  token: { type: 'string' },
  'token-command': { type: 'string' },
  'auth-field': { type: 'string' },
  event: { type: 'string' },
  ca: { type: 'string' },
  idle: { type: 'boolean' },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export const help = `holdfast doctor URL [options]: finds out why a connection cannot be made.

  --path PATH            where the server is mounted (default /socket.io)
  --namespace NAME       the namespace (default: the path of the URL, else /)
  --token TOKEN          goes into \`auth: { token }\`; others on this machine may see it in the list of processes
  --token-command CMD    a command that prints the token
  --auth-field NAME      the field of \`auth\` for the token (default token)
  --origin ORIGIN        whether a page on this origin may connect, such as https://app.example.com
  --credentials          that page sends cookies
  --event NAME           an event that the server acknowledges
  --ca FILE              trust these certificate authorities (PEM) as well
  --idle                 wait for the first ping: does a quiet connection last?
  --timeout SECONDS      for one answer (default 5); all together take 12 times as long at most, and the wait of --idle
  --json                 one JSON document
  --quiet                the verdict alone

Exit code: 0 healthy, 1 a fault, 2 used wrongly, 3 could not tell, 130 interrupted.`;

/** What was asked for, or `null` for help. Throws a `UsageError` that names what is wrong, and shows no value: one may be a token. */
export function readArguments(args: readonly string[]): Asked | null {
  const { values, positionals } = parseOptions(args, options);
  if (values.help === true) return null;
  const [url, ...others] = positionals;
  if (url === undefined || url.trim() === '') throw new UsageError('give the URL of the server');
  if (others.length > 0) throw new UsageError(`one URL at a time; there are ${positionals.length} arguments`);
  if (values.token !== undefined && values['token-command'] !== undefined)
    throw new UsageError('give --token or --token-command, not both');
  for (const name of ['token', 'token-command', 'auth-field', 'event', 'path', 'ca'] as const)
    if (values[name]?.trim() === '') throw new UsageError(`--${name} is empty`);
  if (Buffer.byteLength(values.token ?? '') > largestToken)
    throw new UsageError(`--token is larger than ${largestToken} bytes`);
  if (values.credentials === true && values.origin === undefined)
    throw new UsageError('--credentials says something about --origin, which is not given');
  const settings: Settings = {
    url,
    path: values.path ?? null,
    namespace: readNamespace(values.namespace),
    origin: readOrigin(values.origin),
    credentials: values.credentials ?? false,
    token: values.token?.trim() ?? null,
    tokenCommand: values['token-command'] ?? null,
    authField: values['auth-field'] ?? 'token',
    event: values.event ?? null,
    ca: readAuthorities(values.ca),
    idle: values.idle ?? false,
    timeout: readTimeout(values.timeout),
  };
  return { settings, json: values.json ?? false, quiet: values.quiet ?? false };
}

function readNamespace(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (given.includes(',')) throw new UsageError('--namespace cannot hold a comma');
  return given.startsWith('/') ? given : `/${given}`;
}

function readOrigin(given: string | undefined): string | null {
  if (given === undefined) return null;
  try {
    const { origin, pathname, search, hash } = new URL(given);
    if (origin !== 'null' && pathname === '/' && search === '' && hash === '') return origin;
  } catch {
    // Told below.
  }
  throw new UsageError('--origin is scheme, host and port of a page, such as https://app.example.com');
}

function readAuthorities(file: string | undefined): string | null {
  if (file === undefined) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `--ca ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new UsageError(`--ca ${file} holds no certificate in PEM`);
  return text;
}

const longestTimeout = 600;

function readTimeout(given: string | undefined): number {
  if (given === undefined) return 5_000;
  const seconds = Number(given);
  if (given.trim() === '' || !(seconds > 0 && seconds <= longestTimeout))
    throw new UsageError(`--timeout is a number of seconds, more than 0 and at most ${longestTimeout}`);
  return Math.max(1, Math.round(seconds * 1000));
}
