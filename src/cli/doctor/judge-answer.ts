import type { FaultCode } from './faults.ts';
import { type Greeted, headerOf, isHtml, type SeenByWebSocket } from './seen.ts';
import { engineErrors } from './wire/handshake.ts';
import type { HttpAnswer } from './wire/request.ts';

export interface Judged {
  readonly code: FaultCode;
  readonly text: string;
}

/** What a server is that did not answer as Engine.IO on either way; `null` when it did. Pure: a table in code. */
export function judgeAnswer({ polling, websocket }: Greeted, seconds: number): Judged | null {
  if (polling.opening.kind === 'open' || websocket.opening.kind === 'open') return null;
  if (polling.opening.kind === 'broken' || websocket.opening.kind === 'broken')
    return { code: 'handshake-invalid', text: brokenText(polling.opening, websocket.opening) };
  if (polling.opening.kind === 'refused') return judgeRefusal(polling.opening);
  if (websocket.opening.kind === 'refused') return judgeRefusal(websocket.opening);
  const { outcome } = polling;
  if (websocket.outcome.kind === 'open') return judgeOpened(websocket.outcome.first);
  switch (outcome.kind) {
    case 'answer':
      return judgeStatus(outcome);
    case 'not-http':
      return {
        code: 'not-http',
        text: outcome.said === '' ? 'what answers is not HTTP' : `it says "${outcome.said}"`,
      };
    case 'closed':
      return judgeOther(websocket, { code: 'closed', text: 'the connection was closed without an answer' });
    case 'silent':
      return judgeOther(websocket, { code: 'silent', text: `nothing came back within ${seconds} s` });
    case 'failed':
      return judgeOther(websocket, { code: 'closed', text: `the request ended with ${outcome.code}` });
  }
}

/** Refusals that say that Engine.IO is here: for lack of a transport they leave the other one to tell more. */
function judgeRefusal({ code, message }: { code: number; message: string }): Judged | null {
  if (code === engineErrors.transport) return null;
  const text = `Engine.IO says "${message}"`;
  if (code === engineErrors.forbidden) return { code: 'request-refused', text };
  if (code === engineErrors.version) return { code: 'engine-version', text };
  return { code: 'engine-refused', text };
}

/** A WebSocket that opens, on the path of Socket.IO, without a word of Engine.IO. */
function judgeOpened(first: Extract<SeenByWebSocket['outcome'], { kind: 'open' }>['first']): Judged {
  switch (first.kind) {
    case 'closed':
      return {
        code: 'websocket-blocked',
        text: `a WebSocket opens and is closed at once (code ${first.code})`,
      };
    case 'text':
      return { code: 'plain-websocket', text: `a WebSocket opens and says "${first.text.slice(0, 200)}"` };
    case 'invalid':
      return { code: 'plain-websocket', text: `a WebSocket opens, then comes ${first.why}` };
    default:
      return { code: 'plain-websocket', text: 'a WebSocket opens, and nothing of Engine.IO comes over it' };
  }
}

function judgeOther({ outcome }: SeenByWebSocket, otherwise: Judged): Judged {
  return outcome.kind === 'answer' && outcome.status >= 400
    ? judgeStatus({ ...outcome, kind: 'answer', ended: true, ms: 0 })
    : otherwise;
}

function judgeStatus(answer: HttpAnswer): Judged {
  const { status, body } = answer;
  const text = `HTTP ${status}${isHtml(answer) ? ', a web page' : ''}`;
  const location = headerOf(answer, 'location');
  if (status >= 300 && status < 400 && location !== undefined)
    return { code: 'redirect', text: `${text}, to ${withoutQuery(location)}` };
  // nginx knows what happened to it, and answers in plain HTTP.
  if (status === 400 && /plain HTTP request was sent to HTTPS port/i.test(body))
    return { code: 'tls-expected', text: `${text}: "the plain HTTP request was sent to HTTPS port"` };
  if (status === 426 && /websocket/i.test(headerOf(answer, 'upgrade') ?? body ?? ''))
    return { code: 'plain-websocket', text: `${text}: it wants a WebSocket` };
  const code = byStatus.get(status);
  if (code !== undefined) return { code, text };
  if (status >= 500) return { code: 'http-error', text };
  if (status >= 200 && status < 300 && isHtml(answer)) return { code: 'html-answer', text };
  const said = body.trim() === '' ? '' : `, and says "${body.trim().slice(0, 200)}"`;
  return { code: 'not-socket-io', text: `${text}${said}` };
}

const byStatus: ReadonlyMap<number, FaultCode> = new Map([
  [401, 'http-unauthorized'],
  [403, 'http-forbidden'],
  [404, 'path-not-found'],
  [407, 'http-unauthorized'],
  [426, 'plain-websocket'],
  [429, 'http-busy'],
  [502, 'proxy-no-upstream'],
  [503, 'http-busy'],
  [504, 'proxy-timeout'],
]);

function brokenText(...openings: readonly { kind: string; why?: string }[]): string {
  const broken = openings.find(({ kind }) => kind === 'broken');
  return `it begins like a handshake of Engine.IO, but ${broken?.why ?? 'is none'}`;
}

/** Whether the server is there, and turns requests away for now. */
export function isBusy(status: number | null): boolean {
  return status === 429 || status === 503;
}

/** What stands behind a question mark may be a credential. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}
