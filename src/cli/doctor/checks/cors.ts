import { type Check, type Context, type Facts, type Finding, fault, ok, skipped, warning } from '../check.ts';
import { greetByPolling, greetByWebSocket } from '../greet.ts';
import { headerOf } from '../seen.ts';
import { ask, type HttpAnswer } from '../wire/request.ts';
import { enginePath } from '../wire/session.ts';

/** What a browser on that origin would be allowed. */
export const cors: Check = {
  id: 'cors',
  asks: 'May a page on `--origin` connect: CORS for polling, checks of the origin for WebSocket?',
  needs: ['target', 'route', 'greeted', 'way'],
  gives: [],
  async run(facts, context) {
    const { origin } = context.settings;
    if (origin === null) return skipped('not asked: no --origin was given');
    if (origin === facts.target.origin) return ok('the page has the origin of the server: nothing to allow');
    const byWebSocket = await refusedByWebSocket(facts, origin);
    if (byWebSocket !== null) return fault('origin-refused', byWebSocket);
    if (!facts.way.polling) return ok(`WebSocket is open to ${origin}; CORS does not apply to it`);
    return judgePolling(facts, context, origin);
  },
};

async function refusedByWebSocket({ route, target, greeted }: Facts, origin: string): Promise<string | null> {
  if (greeted.websocket.opening.kind !== 'open') return null;
  const { opening, outcome } = await greetByWebSocket(route, target.asked, { Origin: origin });
  if (opening.kind === 'open') return null;
  const how = outcome.kind === 'answer' ? `HTTP ${outcome.status}` : outcome.kind;
  return `a WebSocket with Origin: ${origin} is refused (${how}), without it is not`;
}

async function judgePolling(
  { route, target }: Facts,
  { settings, quote }: Context,
  origin: string,
): Promise<Finding> {
  const { outcome, opening } = await greetByPolling(route, target.asked, { Origin: origin });
  if (outcome.kind !== 'answer' || opening.kind !== 'open') {
    const how = outcome.kind === 'answer' ? `HTTP ${outcome.status}` : outcome.kind;
    return fault('origin-refused', `a request with Origin: ${origin} is refused (${how}), without it is not`);
  }
  const answer = judgeHeaders(outcome, origin, settings.credentials, quote);
  if (answer !== null) return answer;
  const preflight = await ask(route, {
    path: enginePath(target.asked, 'polling'),
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    },
  });
  const isAnswered =
    preflight.kind === 'answer' &&
    preflight.status >= 200 &&
    preflight.status < 300 &&
    judgeHeaders(preflight, origin, settings.credentials, quote) === null;
  if (isAnswered) return ok(`${origin} is allowed${settings.credentials ? ', with credentials' : ''}`);
  const how = preflight.kind === 'answer' ? `HTTP ${preflight.status}` : preflight.kind;
  return warning(
    'cors-preflight',
    `${origin} is allowed, but OPTIONS brings ${how} without the headers of CORS`,
  );
}

/** What a browser holds against an answer; `null` when it gives it to the page. */
function judgeHeaders(
  answer: HttpAnswer,
  origin: string,
  credentials: boolean,
  quote: (said: string) => string,
): Finding | null {
  const allowed = answer.headers.get('access-control-allow-origin') ?? [];
  const text = `Access-Control-Allow-Origin is "${quote(allowed.join(', '))}"`;
  if (allowed.length > 1) return fault('cors-twice', text);
  const [value] = allowed;
  const cure = (options: string) => `On the server: \`new Server(httpServer, { cors: { ${options} } })\`.`;
  if (value === undefined)
    return fault('cors-missing', `no Access-Control-Allow-Origin for ${origin}`, {
      cure: `${cure(`origin: "${origin}"`)} Or use WebSocket alone, to which CORS does not apply.`,
    });
  if (value.includes(',')) return fault('cors-twice', text);
  if (value !== '*' && value !== origin) return fault('cors-origin', `${text}, the page is on ${origin}`);
  if (!credentials) return null;
  const withCure = { cure: cure(`origin: "${origin}", credentials: true`) };
  if (value === '*')
    return fault('cors-credentials', `${text}, which does not do with credentials`, withCure);
  if (headerOf(answer, 'access-control-allow-credentials') !== 'true')
    return fault('cors-credentials', 'no Access-Control-Allow-Credentials: true', withCure);
  return null;
}
