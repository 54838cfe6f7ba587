import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { breakOff } from '../../examples/shared/fault-proxy.ts';

/** One address behind which somebody else answers each time: `choose` names the port for every connection. */
export interface Switchboard {
  readonly url: string;
  readonly open: () => number;
  /** Breaks every connection off (RST). */
  reset(): void;
  close(): Promise<void>;
}

export async function switchboard(choose: () => number): Promise<Switchboard> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(choose(), '127.0.0.1');
    clients.add(client);
    client.on('error', () => target.destroy());
    target.on('error', () => breakOff(client));
    client.on('close', () => {
      clients.delete(client);
      target.destroy();
    });
    target.on('close', () => client.destroySoon());
    client.pipe(target).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => clients.size,
    reset() {
      for (const client of clients) breakOff(client);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
