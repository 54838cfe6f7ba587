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
  for (const [kind, times] of Object.entries(strokes)) {
    if (isWhole && times === 0 && kind !== 'kick') breaches.note('idle', `there was no \`${kind}\``);
  }
  for (const [name, samples] of heaps) {
    const { isFlat, second, last } = trendOf(samples);
    if (isFlat === false) breaches.note('memory', `${name}: ${second} bytes became ${last}`);
  }
  for (const { handles, before, after } of remains) {
    if (handles.length > 0) breaches.note('remains', `handles: ${handles.join(', ')}`);
    if (after - before > leeway) breaches.note('remains', `${after - before} bytes of heap`);
  }
}

/** Code that was compiled, and the like, stays when the clients are gone. Bytes. */
const leeway = 16 * 2 ** 20;
