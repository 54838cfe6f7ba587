/** Many bare clients in a process of their own, which read as little as possible of what they get. */
import { WebSocket } from 'ws';

export interface Crowd {
  readonly url: string;
  readonly count: number;
  /** What each says of itself: its rooms are the given number of `room <n>`, of which there are `rooms` in all. */
  readonly wishes: number;
  readonly rooms: number;
  /** Whether the rooms are in a greeting, which is answered by `holdfast:hello`. */
  readonly greets: boolean;
}

const sockets: WebSocket[] = [];
let waiting = 0;

process.on('message', async (crowd: Crowd) => {
  for (let n = 0; n < crowd.count; n += 1) sockets.push(await enter(crowd, n));
  process.send?.('in');
});
process.on('disconnect', () => process.exit());
process.send?.('up');

/** Resolves with one that is in its rooms. From then on it waits for `done`, and when all have it, that is told. */
function enter({ url, wishes, rooms, greets }: Crowd, n: number): Promise<WebSocket> {
  const names = Array.from({ length: wishes }, (_, at) => `room ${(n * wishes + at) % rooms}`);
  const auth = { token: `user ${n}`, ...(greets ? { holdfast: { v: 1, rooms: names } } : { rooms: names }) };
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const isIn = greets ? '42["holdfast:hello"' : '40';
  return new Promise((resolve) => {
    ws.on('open', () => ws.send(`40${JSON.stringify(auth)}`));
    ws.on('message', (data: Buffer) => {
      // A message of the room is longer than what has to be read.
      if (data.length > 100 && data[0] === 0x34 && data[1] === 0x32 && !greets) return;
      const frame = data.toString();
      if (frame === '2') ws.send('3');
      else if (frame.startsWith('42["begin"')) waiting += 1;
      else if (frame.startsWith('42["done"')) {
        waiting -= 1;
        if (waiting === 0) process.send?.('done');
      } else if (frame.startsWith(isIn)) resolve(ws);
    });
  });
}
