import type { Audit } from './audit/audit.ts';
import { trendOf } from './audit/trend.ts';
import type { Outcome } from './outcome.ts';

/** Adds to the audit what is known in the end alone. */
export function judge(
  audit: Audit,
  { strokes, isWhole, heaps, remains }: Pick<Outcome, 'strokes' | 'isWhole' | 'heaps' | 'remains'>,
): void {
  audit.close();
  const { breaches } = audit;
  // A run that is cut short had no time for all of it.
  if (isWhole) for (const what of missing(audit, strokes)) breaches.note('idle', what);
  for (const [name, samples] of heaps) {
    const { isFlat, second, last } = trendOf(samples);
    if (isFlat === false) breaches.note('memory', `${name}: ${second} bytes became ${last}`);
  }
  for (const { handles, before, after } of remains) {
    if (handles.length > 0) breaches.note('remains', `handles: ${handles.join(', ')}`);
    if (after - before > leeway) breaches.note('remains', `${after - before} bytes of heap`);
  }
}

/** What has to happen in a run, or it proves nothing. */
function* missing({ sends, received, notes }: Audit, strokes: Outcome['strokes']): Generator<string, void> {
  if (sends.effects === 0) yield 'nothing took effect';
  if (received === 0) yield 'nothing was received';
  if (notes === 0) yield 'no user was told anything alone';
  for (const [kind, times] of Object.entries(strokes)) {
    if (times === 0 && kind !== 'kick') yield `there was no \`${kind}\``;
  }
}

/** Code that was compiled, and the like, stays when the clients are gone. Bytes. */
const leeway = 16 * 2 ** 20;
