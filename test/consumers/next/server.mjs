/** Next.js and Socket.IO on one port. Prints its address. */
import { createServer } from 'node:http';
import { authenticate, exactlyOnce, jwt, memoryDedupe, memoryHistory, rooms } from 'holdfast/server';
import next from 'next';
import { Server } from 'socket.io';

const app = next({ dev: false });
await app.prepare();
const http = createServer(app.getRequestHandler());
const io = new Server(http, { serveClient: false });
authenticate(io, { verify: jwt({ secret: () => process.env.JWT_SECRET }) });
const { broadcast } = rooms(io, { mayJoin: () => true, history: memoryHistory() });
const { onMessage } = exactlyOnce(io, { store: memoryDedupe() });
onMessage('message:send', async ({ text }, { id, user }) => {
  await broadcast('lobby', 'message:new', { from: user, text }, { id });
  return 'said';
});
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/`));
