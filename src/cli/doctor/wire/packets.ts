import type { Incoming, Session } from './session.ts';

/** What came of asking for a namespace. */
export type Connected =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly message: string; readonly data: unknown }
  /** CONNECT without a session id: the server is one of Socket.IO 2. */
  | { readonly kind: 'old' }
  | { readonly kind: 'closed'; readonly how: string }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'silent' };

/** Asks for a namespace and waits for the answer; what else comes meanwhile is passed over. */
export async function connectTo(
  session: Session,
  namespace: string,
  auth: object | null,
  ms: number,
): Promise<Connected> {
  const sent = session.send(`0${prefixOf(namespace)}${auth === null ? '' : JSON.stringify(auth)}`);
  const answer = await waitFor(session, ms, (packet) => {
    if (packet.namespace !== namespace) return undefined;
    if (packet.type === 'connect') return readAccepted(packet.body);
    if (packet.type === 'refused') return readRefused(packet.body);
    if (packet.type === 'disconnect')
      return { kind: 'closed', how: 'the server disconnected the socket' } as const;
    return undefined;
  });
  await sent;
  return answer;
}

/** Says goodbye to a namespace, and closes the session: a server that lets nobody in twice is free for the next one. */
export async function leave(session: Session, namespace: string): Promise<void> {
  await session.send(`1${prefixOf(namespace)}`);
  session.close();
}

/** What came of sending an event that wants an acknowledgement. */
export type Acknowledged = { readonly kind: 'acknowledged' } | Ended;

/** How a wait ends for which nothing of use came. */
type Ended = Exclude<Incoming, { kind: 'message' | 'ping' | 'other' }>;

/** Sends an event with an acknowledgement and waits for it. */
export async function sendEvent(
  session: Session,
  namespace: string,
  event: string,
  ms: number,
): Promise<Acknowledged> {
  await session.send(`2${prefixOf(namespace)}0${JSON.stringify([event])}`);
  return waitFor(session, ms, (packet) => {
    if (packet.namespace !== namespace) return undefined;
    if (packet.type === 'disconnect')
      return { kind: 'closed', how: 'the server disconnected the socket' } as const;
    return packet.type === 'acknowledgement' && /^0\[/.test(packet.body)
      ? ({ kind: 'acknowledged' } as const)
      : undefined;
  });
}

/** The first packet that `read` makes something of, or how the wait ended. */
export async function waitFor<T>(
  session: Session,
  ms: number,
  read: (packet: Packet) => T | undefined,
): Promise<T | Ended> {
  const until = performance.now() + ms;
  for (;;) {
    const incoming = await session.receive(Math.max(0, until - performance.now()));
    if (incoming.kind === 'message') {
      const packet = readPacket(incoming.text);
      if (packet === null)
        return {
          kind: 'invalid',
          why: `a packet of Socket.IO that there is not: "${incoming.text.slice(0, 40)}"`,
        };
      const result = read(packet);
      if (result !== undefined) return result;
    } else if (incoming.kind !== 'ping' && incoming.kind !== 'other') return incoming;
    // A server that talks without end must not keep the doctor.
    if (performance.now() >= until) return { kind: 'silent' };
  }
}

interface Packet {
  readonly type: (typeof types)[number];
  readonly namespace: string;
  readonly body: string;
}

const types = [
  'connect',
  'disconnect',
  'event',
  'acknowledgement',
  'refused',
  'binary-event',
  'binary-acknowledgement',
] as const;

function readPacket(text: string): Packet | null {
  const type = types[Number(text[0])];
  if (type === undefined || !/^\d/.test(text)) return null;
  const [, namespace = '/', body = ''] = /^\d(?:\d+-)?(?:(\/[^,]*),?)?(.*)$/s.exec(text) ?? [];
  return { type, namespace, body };
}

function prefixOf(namespace: string): string {
  return namespace === '/' ? '' : `${namespace},`;
}

function readAccepted(body: string): Connected {
  const said = parse(body);
  return typeof (said as { sid?: unknown } | null)?.sid === 'string' ? { kind: 'accepted' } : { kind: 'old' };
}

function readRefused(body: string): Connected {
  const said = parse(body);
  if (typeof said !== 'object' || said === null)
    return { kind: 'refused', message: typeof said === 'string' ? said : '', data: undefined };
  const { message, data } = said as { message?: unknown; data?: unknown };
  return { kind: 'refused', message: typeof message === 'string' ? message : '', data };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
