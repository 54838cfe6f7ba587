import type { Server as HttpServer } from 'node:http';
import type { ServerName } from '../contenders.ts';

/**
 * Attaches what answers a contender's clients.
 * @param heartbeat Ms between two signs of life, and as much again for the answer. `null`: as the server has it.
 */
export type Serve = (http: HttpServer, heartbeat: number | null) => void;

const servers: Readonly<Record<ServerName, () => Promise<{ readonly serve: Serve }>>> = {
  'socket.io': () => import('./socket-io.ts'),
  centrifuge: () => import('./centrifuge.ts'),
  phoenix: () => import('./phoenix.ts'),
  echo: () => import('./echo.ts'),
  'graphql-ws': () => import('./graphql-ws.ts'),
};

export async function serverOf(name: ServerName): Promise<Serve> {
  return (await servers[name]()).serve;
}
