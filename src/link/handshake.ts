interface Packet {
  type: string;
  readonly data?: unknown;
}

/** What is of use in a handshake. */
export interface Handshake {
  /** The largest message in bytes that the server takes; older servers say nothing. */
  readonly maxPayload: number | null;
}

/**
 * Engine.IO believes whatever comes as its handshake, and throws where nobody can catch it when that is no JSON or
 * lacks a part: in Node, one wrong word of whoever listens there would end the process. Its packets are told before
 * they are handled, so that a wrong one can be made one that it passes over.
 *
 * @returns `null` for a wrong one, `undefined` for a packet that is none.
 */
export function guardHandshake(packet: Packet): Handshake | null | undefined {
  if (packet.type !== 'open') return undefined;
  const handshake = readHandshake(packet.data);
  if (handshake === null) packet.type = 'noop';
  return handshake;
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
