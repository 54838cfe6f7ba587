/** Shows a connection to a page of the classic inspector, and prints what that page is told of it first. */
import { once } from 'node:events';
import { createConnection, socketIo } from 'holdfast';
import { classicInspector } from 'holdfast-inspect-classic';
import { nodeDevTools } from 'holdfast-inspect-classic/node';
import { WebSocket } from 'ws';

const devTools = await nodeDevTools({ port: 0 });
const connection = createConnection({
  link: socketIo('http://127.0.0.1:9'),
  credential: false,
  inspect: classicInspector({ devTools }),
});
const page = new WebSocket(`ws://${devTools.address}`);
const told = once(page, 'message');
await once(page, 'open');
page.send(JSON.stringify({ type: 'xstate.inspecting' }));
const [data] = await told;
const { type, machine } = JSON.parse(data);
console.log(JSON.stringify({ type, machine: JSON.parse(machine).id }));
page.terminate();
await connection.dispose();
await devTools.close();
