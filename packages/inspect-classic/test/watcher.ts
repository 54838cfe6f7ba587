import { once } from 'node:events';
import { createWebSocketReceiver } from '@xstate/inspect';
import type { ParsedReceiverEvent } from '@xstate/inspect/lib/types.js';
import { expect, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';

type Told<T extends ParsedReceiverEvent['type']> = Extract<ParsedReceiverEvent, { type: T }>;

/** A page of the classic inspector, as far as it can be had without a page: its own receiver. */
export interface Watcher {
  /** What the receiver made of what came, in order. */
  readonly told: ParsedReceiverEvent[];
  /** What came, as it came. */
  readonly frames: string[];
  /** All of one kind so far. */
  of<T extends ParsedReceiverEvent['type']>(type: T): Told<T>[];
  /** Waits until something that fits was told. */
  until(fits: (event: ParsedReceiverEvent) => boolean): Promise<void>;
  /** As when somebody clicks on an event in the chart. */
  click(sessionId: string, event: { type: string }): void;
  /** Says anything, in its own way. */
  say(raw: string | Buffer): void;
  readonly socket: WebSocket;
}

/** Connects as the inspector's page does. It goes when the server does. */
export async function watch(address: string | null): Promise<Watcher> {
  const sockets: WebSocket[] = [];
  vi.stubGlobal(
    'WebSocket',
    class extends WebSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    },
  );
  onTestFinished(() => void vi.unstubAllGlobals());
  const receiver = createWebSocketReceiver({ server: String(address), serialize: undefined });
  const [socket] = sockets;
  if (socket === undefined) throw new Error('the receiver did not connect');
  onTestFinished(() => socket.terminate());
  const told: ParsedReceiverEvent[] = [];
  const frames: string[] = [];
  socket.on('message', (data) => frames.push(String(data)));
  receiver.subscribe((event) => told.push(event));
  await once(socket, 'open');
  // The server answers in order: with this it has heard that the page is here.
  socket.ping();
  await once(socket, 'pong');
  return {
    told,
    frames,
    socket,
    of: (type) => told.filter((event): event is never => event.type === type),
    until: (fits) => expect.poll(() => told.some(fits), { timeout: 10_000 }).toBe(true),
    click: (sessionId, event) =>
      receiver.send({
        type: 'xstate.event',
        event: JSON.stringify(scxml(sessionId, event)),
        service: sessionId,
      }),
    say: (raw) => socket.send(raw),
  };
}

function scxml(origin: string, data: { type: string }) {
  return { name: data.type, data, $$type: 'scxml', type: 'external', origin };
}
