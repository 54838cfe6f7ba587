import type { Status } from '../status.ts';

/** Edges between top-level states that the lifecycle has; written by hand from the spec, not read from the machine. */
export const edges: Readonly<Record<Status['state'], readonly Status['state'][]>> = {
  idle: ['idle', 'authenticating'],
  authenticating: ['authenticating', 'idle', 'connected', 'reconnecting', 'auth-failed', 'exhausted'],
  connected: ['connected', 'idle', 'authenticating', 'reconnecting', 'auth-failed', 'exhausted'],
  reconnecting: ['reconnecting', 'idle', 'authenticating', 'connected', 'auth-failed', 'exhausted'],
  'auth-failed': ['authenticating', 'idle'],
  exhausted: ['authenticating', 'idle'],
};
