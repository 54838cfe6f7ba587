import type { Readable } from 'node:stream';

/** All that a program has said so far, whenever it is asked for. */
export function collected(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  return () => text;
}
