import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { statelyInspector } from '../../../src/inspect/stately-inspector.ts';
import { createHarness } from '../../support/harness.ts';

interface Message {
  readonly type: string;
  readonly definition?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: { readonly value?: unknown; readonly context?: Record<string, unknown> };
}

/** What listens where Stately's inspector would: it keeps every frame as it came. */
async function startListener() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const frames: string[] = [];
  const waiting = new Set<() => void>();
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      frames.push(String(data));
      for (const look of waiting) look();
    }),
  );
  onTestFinished(async () => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    frames,
    messages: () => frames.map((frame) => JSON.parse(frame) as Message),
    until: (fits: () => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!fits()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

describe("Stately's inspector", () => {
  test('[IN-1, IN-2, CR-12] gets the chart and every event and state of it, and no credential', async () => {
    const listener = await startListener();
    const inspector = statelyInspector({ webSocket: listener.url });
    const h = createHarness({ inspect: inspector });
    h.connection.connect('alice');
    await h.grant({ token: 'top-secret-token', key: 'a-second-secret-beside-it' });
    h.dial.refuse({ code: 'unauthorized' }, 'not top-secret-token');
    await h.grant('another-secret-token');
    h.dial.open();
    h.dial.lose();
    await inspector.ready;
    await listener.until(() => listener.frames.some((frame) => frame.includes('"link.lost"')));
    const messages = listener.messages();
    const [actor] = messages;
    expect(actor?.type).toBe('@xstate.actor');
    expect(Object.keys(JSON.parse(actor?.definition ?? '{}').states)).toEqual(
      expect.arrayContaining([
        'idle',
        'authenticating',
        'connected',
        'reconnecting',
        'auth-failed',
        'exhausted',
      ]),
    );
    const told = messages.filter(({ type }) => type === '@xstate.event').map(({ event }) => event?.type);
    expect(told).toEqual([
      'xstate.init',
      'user.connect',
      'credential.granted',
      'link.refused',
      'credential.granted',
      'link.opened',
      'link.lost',
    ]);
    await listener.until(() => listener.messages().at(-1)?.type === '@xstate.snapshot');
    const last = listener.messages().at(-1);
    expect(last?.snapshot?.value).toEqual({ reconnecting: 'waiting' });
    expect(last?.snapshot?.context?.['identity']).toBe('alice');
    for (const { snapshot } of messages) expect(snapshot?.context ?? {}).not.toHaveProperty('ports');
    expect(listener.frames.join('\n')).not.toMatch(/secret-/);
    inspector.close();
    h.connection.disconnect();
    expect(h.problems).toEqual([]);
  });

  test('[IN-2, LC-14] that was closed before it was loaded opens nothing', async () => {
    const inspector = statelyInspector({ webSocket: 'ws://127.0.0.1:9' });
    const h = createHarness({ inspect: inspector });
    inspector.close();
    await inspector.ready;
    await h.goLive();
    expect(h.problems).toEqual([]);
  });

  test('[IN-1, IN-2, ER-1] that is not installed is told on problems$, once, and breaks nothing', async () => {
    vi.doMock('@statelyai/inspect', () => {
      throw new Error('Cannot find package');
    });
    onTestFinished(() => vi.doUnmock('@statelyai/inspect'));
    const inspector = statelyInspector({ webSocket: 'ws://127.0.0.1:9' });
    const h = createHarness({ inspect: inspector });
    await expect(inspector.ready).rejects.toMatchObject({ hint: expect.stringContaining('npm install') });
    await h.goLive();
    expect(h.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
    expect(h.problems.map(({ message }) => message)).toEqual([
      'the inspector threw: HoldfastError: @statelyai/inspect could not be loaded',
    ]);
  });

  test('[IN-2, ER-1] without a page needs to be told where to send', () => {
    expect(() => statelyInspector()).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});
