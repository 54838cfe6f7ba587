/**
 * A process that puts and removes at random until it is killed, and tells on stdout what it asks for and what was done:
 * one line each, written at once: `ask put ID`, `put ID`, `ask remove ID`, `remove ID`. To be run as
 * `file-store-child.ts FOLDER SEED FIRST`.
 */
import { writeSync } from 'node:fs';
import { fileStore } from '../../src/node/index.ts';
import { createRandom } from '../../src/testing/random.ts';
import { payloadOf } from './kill-payload.ts';

const [folder = '', seed = '0', first = '0'] = process.argv.slice(2);
const random = createRandom(Number(seed));
const store = fileStore(folder);
const say = (line: string) => void writeSync(1, `${line}\n`);

const { entries, corrupt } = await store.load('alice');
if (corrupt.length > 0) throw new Error(corrupt.join());
const living = entries.map(({ id }) => id);
say('ready');

let next = Number(first);
for (;;) {
  const turn: unknown[] = [];
  for (let n = Math.floor(random() * 8); n >= 0; n -= 1)
    turn.push(random() < (living.length < 40 ? 0.6 : 0.4) ? put() : remove());
  await Promise.all(turn);
}

async function put(): Promise<void> {
  const id = `${next}`;
  next += 1;
  say(`ask put ${id}`);
  await store.put('alice', {
    id,
    event: 'chat',
    payload: payloadOf(id),
    bytes: 1,
    once: false,
    acceptedAt: 1,
    expiresAt: null,
    isTried: false,
  });
  living.push(id);
  say(`put ${id}`);
}

async function remove(): Promise<void> {
  const [id] = living.splice(Math.floor(random() * living.length), 1);
  if (id === undefined) return;
  say(`ask remove ${id}`);
  await store.remove('alice', id);
  say(`remove ${id}`);
}
