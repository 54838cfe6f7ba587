import type { FaultCode } from './faults.ts';

/** What `--json` prints: one document. Shapes only grow within a version. */
export interface Report {
  readonly version: 1;
  /** The address as it may be shown. */
  readonly url: string;
  /** `unknown`: the doctor was stopped, or ran out of time, before it found a fault. */
  readonly verdict: 'healthy' | 'fault' | 'unknown';
  /** The codes of the faults, the first one being the one to see to first. */
  readonly faults: readonly FaultCode[];
  readonly warnings: readonly FaultCode[];
  readonly exitCode: number;
  /** How long it took. */
  readonly ms: number;
  readonly checks: readonly Checked[];
}

/** One check and what it found. */
export interface Checked {
  readonly check: string;
  /** `skipped`: not needed, not asked for, or not tried because of what was found before; `text` says which. */
  readonly status: 'ok' | 'warning' | 'fault' | 'skipped' | 'unknown';
  /** What was seen, or why nothing was tried. */
  readonly text: string;
  /** Of a warning or a fault. */
  readonly code?: FaultCode;
  /** What it means. */
  readonly cause?: string;
  /** What to do. */
  readonly cure?: string;
  readonly ms: number;
}

export const exitCodes = { healthy: 0, fault: 1, usage: 2, unknown: 3, interrupted: 130 } as const;

export function makeReport(
  url: string,
  checks: readonly Checked[],
  { ms, isInterrupted }: { readonly ms: number; readonly isInterrupted: boolean },
): Report {
  const codesOf = (status: Checked['status']) => {
    const codes = checks.filter((checked) => checked.status === status).map(({ code }) => code);
    return [...new Set(codes.filter((code) => code !== undefined))];
  };
  const faults = codesOf('fault');
  const verdict = verdictOf(faults, checks, isInterrupted);
  const exitCode = isInterrupted ? exitCodes.interrupted : exitCodes[verdict];
  return { version: 1, url, verdict, faults, warnings: codesOf('warning'), exitCode, ms, checks };
}

function verdictOf(
  faults: readonly FaultCode[],
  checks: readonly Checked[],
  isInterrupted: boolean,
): Report['verdict'] {
  if (faults.length > 0) return 'fault';
  return isInterrupted || checks.some(({ status }) => status === 'unknown') ? 'unknown' : 'healthy';
}
