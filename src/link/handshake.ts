interface Packet {
  type: string;
  readonly data?: unknown;
}

/**
 * Engine.IO believes whatever comes as its handshake, and throws where nobody can catch it when that is no JSON or
 * lacks a part: in Node, one wrong word of whoever listens there would end the process. Its packets are told before
 * they are handled, so that a wrong one can be made one that it passes over.
 *
 * @param told Called with what is of use in a handshake, and with `null` for a wrong one.
 */
export function guardHandshake(
  engine: { on(event: 'packet', listener: (packet: Packet) => void): unknown },
  told: (handshake: Handshake | null) => void,
): void {
  engine.on('packet', (packet) => {
    if (packet.type !== 'open') return;
    const handshake = readHandshake(packet.data);
    if (handshake === null) packet.type = 'noop';
    told(handshake);
  });
}

interface Handshake {
  /** The largest message in bytes that the server takes; older servers say nothing. */
  readonly maxPayload: number | null;
}

function readHandshake(text: unknown): Handshake | null {
  try {
    const { sid, upgrades, pingInterval, pingTimeout, maxPayload } = JSON.parse(String(text));
    const times = [pingInterval, pingTimeout].every((ms) => typeof ms === 'number' && ms >= 0);
    if (typeof sid !== 'string' || !Array.isArray(upgrades) || !times) return null;
    return { maxPayload: typeof maxPayload === 'number' && maxPayload > 0 ? maxPayload : null };
  } catch {
    return null;
  }
}
