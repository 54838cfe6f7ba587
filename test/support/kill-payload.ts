/** What the message of this id carries: the same in the process that is killed and in the one that looks after it. */
export function payloadOf(id: string): unknown {
  const length = (Number(id) * 7919) % 9_000;
  return { text: `message ${id} `.repeat(length / 10), bytes: new Uint8Array(length).fill(Number(id)) };
}
