import type { Status } from '../status.ts';

/** What an inspector's page is told: plain data, so that it can cross a wire, and without credentials (CR-12). */
export type Report = BeginReport | StepReport | EndReport;

/** A connection was created, or was there when the page came. */
export interface BeginReport {
  readonly kind: 'begin';
  /** Told apart by this; unique in its process. */
  readonly connection: string;
  /** Reading of the connection's clock. */
  readonly at: number;
  readonly now: Standing;
}

/** The chart was told something. */
export interface StepReport {
  readonly kind: 'step';
  readonly connection: string;
  readonly at: number;
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** State paths, `reconnecting.waiting`; the same where the chart stayed. */
  readonly from: string;
  readonly to: string;
  /** Edges that were taken, in order: `connected > reconnecting`, `reconnecting.scheduling > reconnecting.planning`. */
  readonly edges: readonly string[];
  readonly now: Standing;
}

/** The connection was disposed. */
export interface EndReport {
  readonly kind: 'end';
  readonly connection: string;
  readonly at: number;
}

/** Where a connection stands. */
export interface Standing {
  /** Paths of all active states, outer ones too. */
  readonly states: readonly string[];
  readonly status: StatusView;
  /** Ms until the next attempt is due; `null` where none is. */
  readonly dueIn: number | null;
}

/** A status with its cause as plain data. */
export type StatusView = {
  readonly state: Status['state'];
  readonly phase?: string;
  readonly cause?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly [key: string]: unknown;
};
