import type { FaultCode } from './faults.ts';
import { isBusy } from './judge-answer.ts';
import type { Greeted, SeenByPolling, SeenByWebSocket } from './seen.ts';
import { engineErrors, type Opening } from './wire/handshake.ts';
import type { Transport } from './wire/session.ts';

interface Judged {
  readonly code: FaultCode | null;
  readonly text: string;
  readonly cure?: string;
  /** For what follows; `null` when neither works. */
  readonly transport: Transport | null;
  readonly polling: boolean;
}

/** Of two transports: which one works, and whether the server or something on the way stops the other. Pure. */
export function judgeTransports({ polling, websocket }: Greeted): Judged {
  const byPolling = polling.opening.kind === 'open';
  const byWebSocket = websocket.opening.kind === 'open';
  if (byPolling && byWebSocket)
    return {
      code: null,
      text: 'polling and WebSocket both get through',
      transport: 'websocket',
      polling: true,
    };
  if (byWebSocket) return withoutPolling(polling);
  const isOff = isUnknownTransport(websocket.opening);
  if (byPolling && isOff)
    return {
      code: null,
      text: 'polling alone: the server has WebSocket turned off, clients need transports: ["polling"]',
      transport: 'polling',
      polling: true,
    };
  // A limit says nothing about WebSocket, and stands in the way of all that follows.
  if (websocket.outcome.kind === 'answer' && isBusy(websocket.outcome.status))
    return {
      code: 'http-busy',
      text: `${afterwards(byPolling)}, but ${storyOf(websocket)}`,
      transport: null,
      polling: false,
    };
  const rest = { transport: byPolling ? 'polling' : null, polling: byPolling } as const;
  if (isDropped(websocket))
    return { code: 'upgrade-dropped', text: `${afterwards(byPolling)}, but ${storyOf(websocket)}`, ...rest };
  return { code: 'websocket-blocked', text: `${afterwards(byPolling)}, but ${storyOf(websocket)}`, ...rest };
}

function withoutPolling({ opening, outcome }: SeenByPolling): Judged {
  const rest = { transport: 'websocket', polling: false } as const;
  if (isUnknownTransport(opening))
    return { code: null, text: 'WebSocket alone: the server has polling turned off', ...rest };
  const how =
    outcome.kind === 'answer'
      ? `is answered with HTTP ${outcome.status}`
      : `brings nothing (${outcome.kind})`;
  return { code: 'polling-blocked', text: `WebSocket gets through, but polling ${how}`, ...rest };
}

function afterwards(byPolling: boolean): string {
  return byPolling ? 'polling gets through' : 'the server has polling turned off';
}

function isUnknownTransport(opening: Opening): boolean {
  return opening.kind === 'refused' && opening.code === engineErrors.transport;
}

/** Engine.IO got a plain request where we asked for a WebSocket: it says so, as code 3. */
function isDropped({ opening, outcome }: SeenByWebSocket): boolean {
  return outcome.kind === 'answer' && opening.kind === 'refused' && opening.code === engineErrors.request;
}

function storyOf({ outcome, opening }: SeenByWebSocket): string {
  switch (outcome.kind) {
    case 'answer': {
      const said = opening.kind === 'refused' ? `, "${opening.message}"` : '';
      return `the request for a WebSocket is answered with HTTP ${outcome.status}${said}`;
    }
    case 'open':
      return outcome.first.kind === 'closed'
        ? `a WebSocket is closed as soon as it is open (code ${outcome.first.code})`
        : 'a WebSocket opens, and nothing of Engine.IO comes over it';
    case 'wrong-accept':
      return 'the request for a WebSocket is answered by something that does not know the protocol';
    case 'closed':
      return 'the request for a WebSocket ends in a closed connection';
    case 'silent':
      return 'the request for a WebSocket is never answered';
    default:
      return `the request for a WebSocket fails (${outcome.kind === 'failed' ? outcome.code : 'no HTTP'})`;
  }
}
