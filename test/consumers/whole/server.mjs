/** A server with everything of `holdfast/server`, and what is in the folder that it is given. Prints its address. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import {
  admission,
  authenticate,
  drainable,
  duplicates,
  exactlyOnce,
  health,
  instrument,
  jwt,
  memoryDedupe,
  memoryHistory,
  presence,
  rooms,
} from 'holdfast/server';
import { SignJWT } from 'jose';
import { Server } from 'socket.io';

const [folder] = process.argv.slice(2);
const secret = 'for this afternoon, and long enough to sign with';
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

const http = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://server');
  if (pathname === '/token') return void giveToken(searchParams.get('user'), response);
  if (pathname === '/metrics') return void scrape(request, response);
  if (pathname === '/ready') return void ready(request, response);
  giveFile(pathname === '/' ? '/index.html' : pathname, response);
});
const io = new Server(http, { serveClient: false });
const { scrape } = instrument(io);
drainable(io);
admission(io, { rate: 100 });
authenticate(io, { verify: jwt({ secret }) });
duplicates(io, { policy: 'all' });
presence(io);
const { ready } = health(io);
const { broadcast } = rooms(io, { mayJoin: ({ room }) => room === 'lobby', history: memoryHistory() });
const { onMessage } = exactlyOnce(io, { store: memoryDedupe() });
onMessage('message:send', async ({ text }, { id, user }) => {
  await broadcast('lobby', 'message:new', { from: user, text }, { id });
  return { said: text };
});
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/`));

async function giveToken(user, response) {
  const token = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(user).setExpirationTime('1m');
  response.end(await token.sign(new TextEncoder().encode(secret)));
}

function giveFile(pathname, response) {
  try {
    const text = readFileSync(join(folder, normalize(pathname)));
    response.writeHead(200, { 'content-type': types[extname(pathname)] }).end(text);
  } catch {
    response.writeHead(404).end();
  }
}
