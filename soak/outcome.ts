import type { Audit } from './audit/audit.ts';
import type { Sample } from './audit/trend.ts';
import type { Remains } from './clients/crowd.ts';
import type { Options } from './options.ts';
import type { Strokes } from './storm.ts';
import type { Figures } from './watch.ts';

/** What a run comes to. */
export interface Outcome {
  readonly options: Options;
  readonly audit: Audit;
  readonly strokes: Strokes;
  /** Whether all faults that were planned were played. */
  readonly isWhole: boolean;
  readonly figures: Figures | undefined;
  readonly worstLag: number;
  readonly heaps: ReadonlyMap<string, readonly Sample[]>;
  readonly remains: readonly Remains[];
  readonly failures: ReadonlyMap<string, number>;
}
