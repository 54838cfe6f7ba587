/**
 * The server of one contender, in a process that can be killed. Arguments: which, and the heartbeat in ms or `default`. It
 * listens when it is told on which port, and says since when.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerName } from './contenders.ts';
import { serverOf } from './servers/servers.ts';

const [name, heartbeat] = process.argv.slice(2);
// It tells of each link that breaks, and here they are to break.
if (name === 'graphql-ws') console.error = () => {};
const serve = await serverOf(name as ServerName);

process.once('message', (port: number) => {
  const http = createServer();
  serve(http, heartbeat === 'default' ? null : Number(heartbeat));
  http.listen({ port, host: '127.0.0.1', backlog: 4_096 }, () => {
    process.send?.({ at: Date.now(), port: (http.address() as AddressInfo).port });
  });
});
process.on('disconnect', () => process.exit());
process.send?.('up');
