import { close, drain, drainable } from 'holdfast/server';
import type { Server } from 'socket.io';

/**
 * Sends everybody away on SIGTERM, within the time that the orchestrator gives. Kubernetes sends SIGTERM, and SIGKILL
 * after `terminationGracePeriodSeconds` (30 by default): set that to `grace`, or `grace` to that. A second SIGTERM hurries.
 */
export function drainOnSigterm(io: Server, grace = 30_000): void {
  drainable(io);
  process.once('SIGTERM', async () => {
    process.on('SIGTERM', () => void drain(io, { over: 0, ackTimeout: grace / 20 }));
    // The rest of the time is for whatever else has to end: a database, a queue.
    await drain(io, { over: grace / 2, ackTimeout: grace / 5 });
    await close(io, { grace: grace / 10 });
    process.exit();
  });
}
