import type { ServerName } from '../contenders.ts';
import type { Serve } from './serve.ts';

/** Each is loaded by whoever needs it, so that no process has the others. */
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
