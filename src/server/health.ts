import type { Namespace, Server } from 'socket.io';
import { type AnyResponse, answer, type Handler } from './answer.ts';
import { atLeast1, checkOptions } from './checks.ts';
import { isDraining } from './drain.ts';
import { namespaceOf } from './notices.ts';

/** When a server is full. */
export interface HealthOptions {
  /** Connections from which on this server wants no more, as it says to whoever balances. Default: none. */
  readonly capacity?: number;
}

/** A handler for each probe. */
export interface Health {
  /** 200 as long as the process answers at all. For a liveness probe, which restarts what fails it. */
  readonly live: Handler;
  /** 200, or 503 while draining or at capacity. For a readiness probe, which sends newcomers elsewhere. */
  readonly ready: Handler;
}

/**
 * Handlers for the probes of an orchestrator, under any HTTP server: `http`, Express, Fastify. The body is
 * `{ status, connections }`.
 *
 * @throws ServerError `bad-option` or `unknown-option`.
 * @example
 * const { live, ready } = health(io, { capacity: 10_000 });
 * app.get('/live', live).get('/ready', ready);
 */
export function health(io: Server | Namespace, options: HealthOptions = {}): Health {
  checkOptions('health()', options, { capacity: atLeast1 });
  const { capacity = Number.POSITIVE_INFINITY } = options;
  const namespace = namespaceOf(io);

  function readiness(): 'ready' | 'draining' | 'full' {
    if (isDraining(namespace)) return 'draining';
    return namespace.sockets.size >= capacity ? 'full' : 'ready';
  }
  function say(response: AnyResponse, status: string, code: number): void {
    const body = JSON.stringify({ status, connections: namespace.sockets.size });
    answer(response, code, 'application/json', body);
  }

  return {
    live: (_, response) => say(response, 'live', 200),
    ready(_, response) {
      const status = readiness();
      say(response, status, status === 'ready' ? 200 : 503);
    },
  };
}
