import type { Server } from 'socket.io';

/**
 * Resolves when this node hears what the nodes tell each other. A node that takes clients before that lets them miss
 * messages: the adapter begins to read at the end of the stream, whenever its connection is ready, and, until a first
 * message has come, again at the end at every `blockTimeInMs`.
 */
export async function hearing(io: Server): Promise<void> {
  const adapter = io.of('/').adapter as unknown as StreamsAdapter;
  const hear = adapter.onRawMessage;
  const heard = new Promise<void>((resolve) => {
    adapter.onRawMessage = (message, offset) => {
      hear.call(adapter, message, offset);
      if (message.uid === adapter.uid) resolve();
    };
  });
  // Something that every adapter tells the others, and that changes nothing. One that came too early is told again.
  const say = () => io.in('nobody').socketsLeave('nobody');
  say();
  const again = setInterval(say, 50);
  await heard;
  clearInterval(again);
  adapter.onRawMessage = hear;
}

interface StreamsAdapter {
  readonly uid: string;
  onRawMessage(message: { readonly uid: string }, offset: string): void;
}
