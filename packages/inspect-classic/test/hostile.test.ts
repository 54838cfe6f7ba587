import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { live } from '../../../test/support/live.ts';
import { startServer } from '../../../test/support/servers.ts';
import { use } from '../../../test/support/trial.ts';
import * as xstate5 from '../../../test/support/xstate-5.ts';
import { classicInspector } from '../src/index.ts';
import { nodeDevTools } from '../src/node.ts';
import { type Watcher, watch } from './watcher.ts';

describe('a page that means harm', () => {
  test.each<[string, (page: Watcher, sessionId: string) => void]>([
    ['what is no JSON', ({ say }) => say('{"type":')],
    ['JSON that is no object', ({ say }) => ['null', '7', '"xstate.event"', '[]'].map((text) => say(text))],
    ['bytes', ({ say }) => say(Buffer.from('{"type":"xstate.inspecting"}'))],
    ['an event that is no JSON', ({ say }) => say('{"type":"xstate.event","event":"{"}')],
    ['an event that is none', ({ say }) => say('{"type":"xstate.event","event":"null"}')],
    ['an event that is no text', ({ say }) => say('{"type":"xstate.event","event":{"origin":"x:0"}}')],
    ['an event for nobody', ({ click }) => click('nobody', { type: 'user.disconnect' })],
    ['an event that nobody allowed', ({ click }, id) => click(id, { type: 'user.disconnect' })],
    ['the end of the inspector', ({ say }) => say('{"type":"disconnect"}')],
    [
      'the end of the machine',
      ({ say }, sessionId) => say(JSON.stringify({ type: 'service.stop', sessionId })),
    ],
    ['more than a command can be', ({ say }) => say(`"${'x'.repeat(2 * 1024 * 1024)}"`)],
    ['a frame that is none', ({ socket }) => rawOf(socket).write(Buffer.from([0xff, 0xff, 0xff]))],
    ['nothing, and is gone', ({ socket }) => rawOf(socket).resetAndDestroy()],
  ])('[IN-1, LC-13] says %s: neither connection nor inspector nor process takes harm', async (_, harm) => {
    const uncaught = uncaughtFromNow();
    const { url } = use(await startServer());
    const devTools = use(await nodeDevTools({ port: 0 }));
    const [page, other] = [await watch(devTools.address), await watch(devTools.address)];
    const { connection, problems } = live(url, { inspect: classicInspector({ devTools }) });
    connection.connect('alice');
    await connection.ready();
    await page.until((event) => event.type === 'service.state' && event.state.matches('connected'));

    harm(page, page.of('service.register')[0]?.sessionId ?? '');
    if (page.socket.readyState === page.socket.OPEN) {
      // Answered in order: with this, or with the end, the harm was done.
      page.socket.ping();
      await Promise.race([once(page.socket, 'pong'), once(page.socket, 'close')]);
    }

    expect(connection.getStatus().state).toBe('connected');
    connection.disconnect();
    await other.until((event) => event.type === 'service.event' && event.event.name === 'user.disconnect');
    expect(other.of('service.stop')).toEqual([]);
    expect(problems).toEqual([]);
    expect(uncaught).toEqual([]);
  });

  test('[IN-1] does not read: it is cut off before what waits for it grows large, and others read on', {
    timeout: 30_000,
  }, async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const devTools = await nodeDevTools({ server });
    const [page, other] = [await watch(`127.0.0.1:${port}`), await watch(`127.0.0.1:${port}`)];
    const machine = xstate5.createMachine({ on: { said: {} } });
    const actor = xstate5.createActor(machine, { inspect: classicInspector({ devTools }) }).start();
    page.socket.pause();
    const text = 'x'.repeat(1024 * 1024);
    for (let said = 1; said <= 30 && server.clients.size > 1; said += 1) {
      actor.send({ type: 'said', text });
      // The other one keeps up: it has read all that was told of this event before the next one comes.
      await other.until(() => other.of('service.state').length > said);
    }
    expect(server.clients.size).toBe(1);
    await devTools.close();
    other.socket.terminate();
    server.close();
  });
});

/** What is under a WebSocket. */
function rawOf(socket: Watcher['socket']) {
  return (socket as unknown as { _socket: Socket })._socket;
}

/** What would end the process. */
function uncaughtFromNow(): unknown[] {
  const uncaught: unknown[] = [];
  const note = (thrown: unknown) => uncaught.push(thrown);
  process.on('uncaughtException', note);
  onTestFinished(() => void process.off('uncaughtException', note));
  return uncaught;
}
