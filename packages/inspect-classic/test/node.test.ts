import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectionMachine } from '../../../machines/connection.ts';
import type { Inspector } from '../../../src/index.ts';
import { nodesOf } from '../../../src/inspect/chart/transitions.ts';
import { live, until } from '../../../test/support/live.ts';
import { startServer } from '../../../test/support/servers.ts';
import { quiet, use } from '../../../test/support/trial.ts';
import { classicInspector } from '../src/index.ts';
import { nodeDevTools } from '../src/node.ts';
import { type Watcher, watch } from './watcher.ts';

type Observer = Extract<Inspector, (event: never) => void>;

/** Of no shape that a pattern could know. */
const token = 'opaque-Zq8rT2vN-and-nothing-else';

test('[IN-2, CR-12] a life over WebSocket: registered once, each event and state in order, stopped; no token', async () => {
  const { io, url } = use(await startServer());
  const presented: unknown[] = [];
  io.on('connection', ({ handshake }) => presented.push(handshake.auth['token']));
  const devTools = use(await nodeDevTools({ port: 0 }));
  const watcher = await watch(devTools.address);
  const { inspect, story } = noting(classicInspector({ devTools }));

  const run = live(url, { credential: () => token, inspect });
  run.connection.connect('alice');
  await run.connection.ready();
  for (const { conn } of io.sockets.sockets.values()) conn.close();
  await until(run, 'reconnecting');
  await run.connection.ready();
  run.connection.disconnect();
  await run.connection.dispose();
  await watcher.until(({ type }) => type === 'service.stop');

  const [registered, ...told] = watcher.told;
  if (registered?.type !== 'service.register') throw new Error('it was not registered first');
  expect([...registered.machine.stateIds].sort()).toEqual(
    nodesOf(connectionMachine.root)
      .map(({ id }) => id)
      .sort(),
  );
  expect(registered.machine.transition('idle', 'user.connect').value).toEqual({
    authenticating: { credential: 'dialing' },
  });
  expect(told.map(shortly)).toEqual([...story, 'stop']);
  expect(story).toEqual(
    expect.arrayContaining([
      'event user.connect',
      'event link.lost',
      'event xstate.after(wait)#connection.reconnecting.waiting',
      'event user.dispose',
    ]),
  );
  expect(run.problems).toEqual([]);

  expect(presented).toEqual([token, token]);
  expect(watcher.frames.length).toBe(watcher.told.length);
  expect(watcher.frames.filter((frame) => frame.includes(token))).toEqual([]);
});

test('[IN-2] a page that comes later is shown the machines as they are then', async () => {
  const { url } = use(await startServer());
  const devTools = nodeDevTools({ port: 0 });
  const { connection } = live(url, { inspect: classicInspector({ devTools }) });
  const { address } = use(await devTools);
  connection.connect('alice');
  await connection.ready();
  const watcher = await watch(address);
  await watcher.until(({ type }) => type === 'service.register');
  const [registered] = watcher.of('service.register');
  expect(registered?.state.matches('connected.session.live')).toBe(true);
  connection.disconnect();
  await watcher.until((event) => event.type === 'service.state' && event.state.value === 'idle');
});

test('[IN-2] a server of your own stays yours: closing ends what is told, not the server', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const devTools = await nodeDevTools({ server });
  expect(devTools.address).toBe(null);
  const { port } = server.address() as { port: number };
  const watcher = await watch(`127.0.0.1:${port}`);
  const { url } = use(await startServer());
  const { connection } = live(url, { inspect: classicInspector({ devTools }) });
  await watcher.until(({ type }) => type === 'service.register');
  await devTools.close();
  await watcher.until(({ type }) => type === 'service.stop');
  const before = watcher.frames.length;
  connection.connect('alice');
  await connection.ready();
  await quiet();
  expect(watcher.frames.length).toBe(before);
  expect(watcher.socket.readyState).toBe(watcher.socket.OPEN);
  for (const client of server.clients) client.terminate();
  server.close();
});

test('[IN-2] two connections in one inspector are told apart', async () => {
  const { url } = use(await startServer());
  const devTools = use(await nodeDevTools({ port: 0 }));
  const watcher = await watch(devTools.address);
  const inspect = classicInspector({ devTools });
  const [one, other] = [live(url, { inspect }), live(url, { inspect })];
  one.connection.connect('alice');
  await one.connection.ready();
  await other.connection.dispose();
  await watcher.until(({ type }) => type === 'service.stop');
  const sessions = watcher.of('service.register').map(({ sessionId }) => sessionId);
  expect(new Set(sessions).size).toBe(2);
  expect(watcher.of('service.stop').map(({ sessionId }) => sessionId)).toEqual([sessions[1]]);
});

test('[IN-2] it sets no global, and after close() there is no server', async () => {
  const globals = Reflect.ownKeys(globalThis);
  const devTools = await nodeDevTools({ port: 0 });
  expect(Reflect.ownKeys(globalThis)).toEqual(globals);
  await Promise.all([devTools.close(), devTools.close()]);
  const again = await nodeDevTools({ port: Number(devTools.address?.split(':')[1]) });
  await again.close();
});

/** What a machine was given and became, as an inspector beside the bridge sees it. */
function noting(bridge: Observer): { readonly inspect: Observer; readonly story: string[] } {
  const story: string[] = [];
  return {
    story,
    inspect(inspected) {
      bridge(inspected);
      if (inspected.actorRef.sessionId !== inspected.rootId) return;
      if (inspected.type === '@xstate.event') story.push(`event ${nameInXState4(inspected.event.type)}`);
      if (inspected.type === '@xstate.snapshot') {
        const { value } = inspected.snapshot as unknown as { value: unknown };
        story.push(`state ${JSON.stringify(value)}`);
      }
    },
  };
}

function nameInXState4(eventType: string): string {
  return eventType.replace(/^xstate\.after\.(\w+)\./, 'xstate.after($1)#');
}

function shortly(event: Watcher['told'][number]): string {
  if (event.type === 'service.event') return `event ${event.event.name}`;
  if (event.type === 'service.state') return `state ${JSON.stringify(event.state.value)}`;
  return event.type.replace('service.', '');
}
