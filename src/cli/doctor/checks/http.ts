import { type Check, type Context, type Finding, fault, millis, ok } from '../check.ts';
import { findElsewhere } from '../elsewhere.ts';
import type { FaultCode } from '../faults.ts';
import { greetByPolling, greetByWebSocket } from '../greet.ts';
import { type Judged, judgeAnswer, withoutQuery } from '../judge-answer.ts';
import { type Greeted, headerOf } from '../seen.ts';
import type { Target } from '../target.ts';
import { ask } from '../wire/request.ts';
import type { Route } from '../wire/route.ts';
import { shakeHands } from '../wire/tls.ts';

/** What answers on the path: Engine.IO by one transport at least, or what else it is. */
export const http: Check = {
  id: 'http',
  asks: 'What answers on the path, to HTTP and to a WebSocket: Socket.IO, or what else?',
  needs: ['target', 'route'],
  gives: ['greeted'],
  async run({ target, route }, context) {
    const [polling, websocket] = await Promise.all([
      greetByPolling(route, target.asked),
      greetByWebSocket(route, target.asked),
    ]);
    const greeted: Greeted = { polling, websocket };
    const judged = judgeAnswer(greeted, context.settings.timeout / 1000);
    if (judged === null) return ok(describe(greeted, target), { gives: { greeted } });
    return explain(judged, greeted, target, route, context);
  },
};

async function explain(
  judged: Judged,
  greeted: Greeted,
  target: Target,
  route: Route,
  context: Context,
): Promise<Finding> {
  const text = context.quote(judged.text);
  if (maybeTls.has(judged.code) && !target.secure && (await speaksTls(route)))
    return fault('tls-expected', `${text}; a TLS handshake is answered`, {
      cure: `Write ${target.origin.replace('http:', 'https:')}.`,
    });
  if (judged.code === 'redirect') return followRedirect(greeted, target, route, context);
  if (!maybeElsewhere.has(judged.code)) return fault(judged.code, text);
  const found = await findElsewhere(route, target);
  if (found === undefined) return fault(judged.code, text);
  return fault('wrong-path', `${target.path} brings ${text}; Engine.IO answers on ${context.quote(found)}`, {
    cure: cureOfPath(found, target),
  });
}

const maybeTls: ReadonlySet<FaultCode> = new Set(['closed', 'not-http', 'silent']);

const maybeElsewhere: ReadonlySet<FaultCode> = new Set([
  'silent',
  'path-not-found',
  'html-answer',
  'not-socket-io',
  'plain-websocket',
  'http-forbidden',
  'http-error',
]);

async function speaksTls(route: Route): Promise<boolean> {
  const { kind } = await shakeHands({ ...route, timeout: Math.min(route.timeout, 2_000) });
  return kind === 'done';
}

function cureOfPath(found: string, { urlPath, path, origin }: Target): string {
  const written = found.replace(/\/$/, '');
  const client =
    written === '/socket.io'
      ? 'Leave out the option `path` (here: `--path`)'
      : `Set the option path: "${written}" (here: \`--path ${written}\`)`;
  const inUrl = urlPath !== '/' && found.startsWith(urlPath) ? ` and write the URL as ${origin}` : '';
  return `${client}${inUrl}; or mount the server at ${path.replace(/\/$/, '')}.`;
}

const mostHops = 5;

/** Goes after it as far as needed to tell a circle from a new address; nothing but the path is sent along. */
async function followRedirect(
  { polling }: Greeted,
  target: Target,
  route: Route,
  { quote }: Context,
): Promise<Finding> {
  const visited = new Set<string>();
  let outcome = polling.outcome;
  let from = new URL(target.path, target.origin);
  for (let hop = 0; hop < mostHops; hop++) {
    const location = outcome.kind === 'answer' ? headerOf(outcome, 'location') : undefined;
    if (location === undefined || outcome.kind !== 'answer' || outcome.status < 300 || outcome.status >= 400)
      break;
    const to = resolve(location, from);
    if (to === null)
      return fault('redirect', `HTTP ${outcome.status}, to "${quote(location)}", which is no address`);
    const shown = withoutQuery(to.href);
    const isCircle = visited.has(shown) || shown === withoutQuery(from.href);
    if (isCircle)
      return fault('redirect-loop', `HTTP ${outcome.status}, in a circle, to ${quote(shown)} again`);
    visited.add(shown);
    from = to;
    // Another host is another matter: its address is all that is needed.
    if (to.origin !== target.origin) break;
    outcome = await ask(route, { path: `${to.pathname}${to.search}` });
  }
  if (visited.size >= mostHops) return fault('redirect-loop', `${mostHops} redirects, one after another`);
  const shown = quote(withoutQuery(from.href));
  return fault('redirect', `the server redirects to ${shown}`, { cure: cureOfRedirect(from, target, shown) });
}

function cureOfRedirect(to: URL, { origin, path }: Target, shown: string): string {
  if (to.origin === origin)
    return `Use the path of ${shown} as the option \`path\`, or take the redirect away.`;
  if (to.pathname === path) return `Write ${to.origin} as the URL of the client.`;
  return `Connect to ${to.origin}, or let ${path} through to the server before the redirect.`;
}

function resolve(location: string, from: URL): URL | null {
  try {
    return new URL(location, from);
  } catch {
    return null;
  }
}

function describe({ polling, websocket }: Greeted, { path }: Target): string {
  const { outcome } = polling;
  const isFirst = polling.opening.kind === 'open' && outcome.kind === 'answer';
  if (isFirst) return `Engine.IO answers on ${path} (HTTP ${outcome.status}, ${millis(outcome.ms)})`;
  return websocket.opening.kind === 'open'
    ? `Engine.IO answers on ${path} over WebSocket`
    : `Engine.IO answers on ${path}, but not to a handshake yet`;
}
