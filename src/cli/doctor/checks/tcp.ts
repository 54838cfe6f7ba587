import { connect, isIP } from 'node:net';
import { type Check, type Context, type Facts, type Finding, fault, millis, ok, warning } from '../check.ts';
import type { Route } from '../wire/route.ts';

/** `open`, `silent`, or the system's error code. */
type Tried = { readonly address: string; readonly ms: number; readonly result: string };

/** Whether the port takes connections, on every address that the name has. */
export const tcp: Check = {
  id: 'tcp',
  asks: 'Does the port take connections, on all addresses of the host?',
  needs: ['target', 'addresses'],
  gives: ['open'],
  async run({ target, addresses }, context) {
    // A name with many addresses is one behind a balancer: a few of them tell.
    const few = addresses.slice(0, 4);
    const tried = await Promise.all(few.map((address) => knock(address, target.port, context)));
    const opened = tried.find(({ result }) => result === 'open');
    if (opened === undefined) return judgeClosed(tried, target, context);
    const gives = { open: routeTo(opened.address, target, context) };
    const dead = tried.filter(({ result }) => result !== 'open');
    const text = `${at(opened.address, target.port)} takes connections (${millis(opened.ms)})`;
    if (dead.length === 0) return ok(text, { gives });
    const others = dead.map(({ address, result }) => `${at(address, target.port)} does not (${result})`);
    return warning('address-refused', `${text}, ${others.join(', ')}`, { gives });
  },
};

async function judgeClosed(
  tried: readonly Tried[],
  { hostname, port }: Facts['target'],
  context: Context,
): Promise<Finding> {
  const results = tried.map(({ address, result }) => `${at(address, port)}: ${result}`).join(', ');
  if (tried.some(({ result }) => result === 'ECONNREFUSED')) {
    const other = await findOnOtherLoopback(hostname, port, tried, context);
    if (other !== undefined)
      return fault('wrong-loopback', `${results}; but ${at(other, port)} takes connections`, {
        cure: `Write ${at(other, port)} in the URL, or let the server listen on all addresses: \`server.listen(${port})\` without a host.`,
      });
    return fault('port-closed', `nothing listens there (${results})`);
  }
  if (tried.some(({ result }) => result === 'silent'))
    return fault('tcp-silent', `no answer within ${context.settings.timeout / 1000} s (${results})`);
  return fault('host-unreachable', `no connection can be made (${results})`);
}

async function findOnOtherLoopback(
  hostname: string,
  port: number,
  tried: readonly Tried[],
  context: Context,
): Promise<string | undefined> {
  const isLoopback = hostname === 'localhost' || hostname === '::1' || hostname.startsWith('127.');
  if (!isLoopback) return undefined;
  const others = ['127.0.0.1', '::1'].filter((address) => !tried.some((one) => one.address === address));
  const knocked = await Promise.all(others.map((address) => knock(address, port, context)));
  return knocked.find(({ result }) => result === 'open')?.address;
}

function knock(address: string, port: number, { settings, signal }: Context): Promise<Tried> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket = connect({ host: address, port });
    const settle = (result: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve({ address, ms: performance.now() - started, result });
    };
    const stop = () => settle('silent');
    const timer = setTimeout(stop, settings.timeout);
    signal.addEventListener('abort', stop);
    socket.once('connect', () => settle('open'));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ETIMEDOUT' ? 'silent' : (error.code ?? 'failed')),
    );
  });
}

function routeTo(
  address: string,
  { hostname, port, secure }: Facts['target'],
  { settings, signal }: Context,
): Route {
  return { address, port, hostname, secure, timeout: settings.timeout, signal };
}

function at(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
