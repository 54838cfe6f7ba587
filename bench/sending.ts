/** What is sent by whoever measures messages out, and how. */
export const message = {
  conversation: '42',
  from: 'alice',
  client: '0192f0c1-7b1d-7c3e-9f00-5d1d5a6f3b21',
  text: 'The quick brown fox jumps over the lazy dog.',
};

/** Settles when the message is acknowledged. */
export type Send = () => Promise<unknown>;

export interface Width {
  readonly inFlight: number;
  readonly messages: number;
}

/** Messages a second, as many at a time as may be in flight: each acknowledgement makes room for the next. */
export async function rateOf(send: Send, { inFlight, messages }: Width): Promise<number> {
  let left = messages;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, one));
  return (messages / (performance.now() - startedAt)) * 1_000;
}
