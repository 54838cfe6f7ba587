import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';

/** A server that says back what it hears, and a proxy before it. */
async function echo() {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      heard.push(String(data));
      socket.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await FaultProxy.to((server.address() as AddressInfo).port);
  onTestFinished(async () => {
    await proxy.close();
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { heard, proxy };
}

function dial(port: number) {
  const socket = connect(port, '127.0.0.1');
  const seen: string[] = [];
  socket.on('data', (data) => seen.push(String(data)));
  for (const event of ['end', 'close', 'error']) socket.on(event, () => seen.push(event));
  onTestFinished(() => void socket.destroy());
  return { socket, seen };
}

test('what is buried neither hears nor is heard again, and is not told; what is new is unharmed', async () => {
  const { heard, proxy } = await echo();
  const old = dial(proxy.port);
  old.socket.write('before');
  await once(old.socket, 'data');
  proxy.bury();
  old.socket.write('into the void');
  const fresh = dial(proxy.port);
  fresh.socket.write('after');
  await once(fresh.socket, 'data');
  await proxy.heal();
  fresh.socket.write('and healed');
  await once(fresh.socket, 'data');
  expect(heard).toEqual(['before', 'after', 'and healed']);
  expect(old.seen).toEqual(['before']);
});
