import { classifySocketIo, hints, type Verdict } from '../../machines/verdict.ts';
import { type ErrorCode, errorHints } from '../../src/errors.ts';
import { serverHints } from '../../src/server/errors.ts';
import { table } from '../table.ts';
import { sightings } from './sightings.ts';

/** `docs/errors.md`: every code, its cause and its cure. */
export function errorsPage(): string {
  const codes = Object.keys(errorHints) as ErrorCode[];
  const ofConnection = codes.filter((code) => code in hints);
  return `${[
    '# Errors',
    'Made from the code by `npm run errors`; do not edit. Every error has a `code` that stays the same between ' +
      'versions, a `message` that says what happened, and a `hint` that says what to do.',
    '## What ends an attempt or a link',
    'These are the codes of `status.cause`. Some of them appear on `problems$` too.',
    tableOf(ofConnection, errorHints),
    '## What methods and options answer',
    'Thrown at creation, rejected by a method, or told on `problems$`.',
    tableOf(
      codes.filter((code) => !ofConnection.includes(code)),
      errorHints,
    ),
    '## What the server part throws',
    'Errors of `holdfast/server`. The codes of refusals are those of `AuthError`, which a `verify` function throws.',
    tableOf(Object.keys(serverHints) as (keyof typeof serverHints)[], serverHints),
    '## Which observation becomes which code',
    classificationTable(),
  ].join('\n\n')}\n`;
}

/** What the default classifier makes of each observation. */
export function classificationTable(): string {
  const rows = sightings.map(({ seen, observed }) => {
    const verdict = classifySocketIo(observed);
    const during = observed.during === 'lost' ? 'connected' : 'attempt';
    return [during, seen, `\`${verdict.code}\``, `\`${verdict.kind}\``, nextAfter(verdict, during)];
  });
  return table(['during', 'observed', 'code', 'kind', 'what follows'], rows);
}

function nextAfter(verdict: Verdict, during: 'attempt' | 'connected'): string {
  if (verdict.kind === 'superseded') return '`idle`, reason `superseded`';
  if (verdict.retry === 'never') return '`auth-failed`';
  if (verdict.kind === 'credential') {
    return during === 'attempt'
      ? 'one attempt at once with `forceRefresh`; refused again: `auth-failed`'
      : 'one attempt at once with `forceRefresh`';
  }
  if (verdict.forceRefresh) return 'backoff, then an attempt with `forceRefresh`';
  return verdict.kind === 'busy' ? 'backoff; a `retryAfter` is its floor' : 'backoff';
}

function tableOf<Code extends string>(
  codes: readonly Code[],
  hintOf: Readonly<Record<Code, string>>,
): string {
  const rows = codes.map((code) => {
    const { cause, cure } = split(hintOf[code]);
    return [`\`${code}\``, cause, cure];
  });
  return table(['code', 'cause', 'cure'], rows);
}

/** The first sentence of a hint says what is the matter, the rest what to do; a test holds every hint to it. */
export function split(hint: string): { cause: string; cure: string } {
  const [, cause = '', cure = ''] = /^(.+?[.]) ([A-Z`{].+[.])$/.exec(hint) ?? [];
  return { cause, cure };
}
