/** Node's `http.Agent`, as far as it is needed here. */
export interface Agent {
  readonly sockets: object;
  readonly requests: object;
  destroy(): void;
}

/**
 * An HTTP agent for the requests of one attempt, in Node; elsewhere there is none and none is needed. Engine.IO cannot
 * call off a request of `polling`, and Node waits for its answer for ever; but whoever owns the agent can end it.
 */
export function makeAgent(secure: boolean): Agent | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  // No import: this file is loaded in browsers as well.
  const http = process?.getBuiltinModule?.(secure ? 'node:https' : 'node:http');
  return http === undefined ? undefined : new (http as { Agent: new () => Agent }).Agent();
}

/**
 * Resolves when the last request is over: by itself, or cut off once the grace in ms is. The end of one may be the
 * beginning of another, since Engine.IO says goodbye by a request too: so it is over when it is so twice in a row.
 */
export function retire(agent: Agent, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (left: number, idle: number) => {
      const busy = Object.keys(agent.sockets).length + Object.keys(agent.requests).length > 0;
      if (busy && left <= 0) agent.destroy();
      if (!busy && idle > 0) resolve();
      else setTimeout(look, step, left - step, busy ? 0 : idle + 1);
    };
    look(grace, 0);
  });
}

const step = 25;
