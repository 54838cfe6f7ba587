import type { RedisSource } from '../../src/server/index.ts';

interface Client extends RedisSource {
  sendCommand(command: string[]): Promise<unknown>;
}

/** A client like the one that it is made of, whose own connections open when the test lets them. */
export function heldRedis(source: Client) {
  let gate = Promise.resolve();
  let open = () => {};
  const gated = {
    eval: (...args: Parameters<RedisSource['eval']>) => source.eval(...args),
    options: (source as { readonly options?: unknown }).options,
    duplicate(...overrides: []) {
      const reader = source.duplicate(...overrides);
      const connect = reader.connect.bind(reader);
      return Object.assign(reader, { connect: () => gate.then(connect) }) as never;
    },
  };
  return {
    source: gated,
    /** Cuts them, and lets none in. */
    async cut() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
      await source.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    },
    heal: () => open(),
  };
}
