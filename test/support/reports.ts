import type { BeginReport, Standing, StepReport } from '../../src/inspect/report.ts';

const resting: Standing = {
  states: ['idle'],
  status: { state: 'idle', since: 0, reason: 'initial' },
  dueIn: null,
};

export function begin(connection: string): BeginReport {
  return { kind: 'begin', connection, at: 0, now: resting };
}

/** An event that led nowhere, unless `traits` say otherwise. */
export function step(connection: string, type: string, traits: Partial<StepReport> = {}): StepReport {
  return {
    kind: 'step',
    connection,
    at: 0,
    event: { type },
    from: 'idle',
    to: 'idle',
    edges: [],
    now: resting,
    ...traits,
  };
}
