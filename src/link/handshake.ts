interface Packet {
  type: string;
  readonly data?: unknown;
}

/**
 * Engine.IO believes whatever comes as its handshake, and throws where nobody can catch it when that is no JSON or
 * lacks a part: in Node, one wrong word of whoever listens there would end the process. Its packets are told before
 * they are handled, so that a wrong one can be made one that it passes over.
 */
export function guardHandshake(
  engine: { on(event: 'packet', listener: (packet: Packet) => void): unknown },
  complain: () => void,
): void {
  engine.on('packet', (packet) => {
    if (packet.type !== 'open' || isHandshake(packet.data)) return;
    packet.type = 'noop';
    complain();
  });
}

/** The largest message in bytes that the server takes, as its handshake says; older servers say nothing. */
export function readMaxPayload({ maxPayload }: { readonly maxPayload?: unknown }): number | null {
  return typeof maxPayload === 'number' && maxPayload > 0 ? maxPayload : null;
}

function isHandshake(text: unknown): boolean {
  try {
    const { sid, upgrades, pingInterval, pingTimeout } = JSON.parse(String(text));
    const times = [pingInterval, pingTimeout].every((ms) => typeof ms === 'number' && ms >= 0);
    return typeof sid === 'string' && Array.isArray(upgrades) && times;
  } catch {
    return false;
  }
}
