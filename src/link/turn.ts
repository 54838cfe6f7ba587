/**
 * Runs the task behind the packets that Socket.IO has decoded and not handed out yet: it does so on the next tick, to
 * whoever listens then. This is the very queue it uses, in Node and elsewhere.
 */
export function afterDecodedPackets(task: () => void): void {
  const nextTick = (globalThis as { process?: { nextTick?: unknown } }).process?.nextTick;
  if (typeof nextTick === 'function') nextTick(task);
  else queueMicrotask(task);
}
