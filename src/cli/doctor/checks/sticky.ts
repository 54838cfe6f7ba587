import { type Check, type Facts, fault, ok, skipped, warning } from '../check.ts';
import { isBusy } from '../judge-answer.ts';
import { headerOf } from '../seen.ts';
import { engineErrors, readOpening } from '../wire/handshake.ts';
import { ask, type HttpOutcome } from '../wire/request.ts';
import { enginePath } from '../wire/session.ts';

/**
 * Sessions, and requests of each, every one on a connection of its own: a balancer chooses anew each time. One after
 * another: at the same time, one that goes round among two nodes would send every second request to the right one.
 */
const sessions = 4;
const requests = 3;

/** Whether all requests of a session reach the node that has it. */
export const sticky: Check = {
  id: 'sticky',
  asks: 'Do all requests of a polling session reach the node that knows it?',
  needs: ['target', 'route', 'way'],
  gives: [],
  async run(facts) {
    if (!facts.way.polling) return skipped('not needed: without polling, a session is one connection');
    const plain = await tryAll(facts, false);
    const total = plain.length;
    const refused = plain.find(({ kind }) => kind === 'refused' || kind === 'busy');
    if (refused !== undefined)
      return fault(
        refused.kind === 'busy' ? 'http-busy' : 'post-refused',
        `a request of a session is answered with ${refused.how}`,
      );
    const lost = plain.filter(({ kind }) => kind === 'unknown');
    if (lost.length === 0)
      return ok(`every one of ${total} requests, each on a connection of its own, found its session`);
    const text = `${lost.length} of ${total} requests reached a node that does not know the session`;
    if (lost.some(({ hasCookie }) => hasCookie)) {
      const again = await tryAll(facts, true);
      if (again.every(({ kind }) => kind === 'known'))
        return warning('sticky-by-cookie', `${text}; with the cookie of the balancer all found it`);
    }
    return fault('not-sticky', text);
  },
};

interface Tried {
  readonly kind: 'known' | 'unknown' | 'refused' | 'busy';
  readonly how: string;
  readonly hasCookie: boolean;
}

async function tryAll(facts: Facts, withCookies: boolean): Promise<Tried[]> {
  const started = performance.now();
  const tried: Tried[] = [];
  for (let count = 0; count < sessions; count++) {
    // Far away, fewer have to do.
    if (tried.length > 0 && performance.now() - started > facts.route.timeout) break;
    tried.push(...(await trySession(facts, withCookies)));
  }
  return tried;
}

async function trySession({ route, target }: Facts, withCookies: boolean): Promise<Tried[]> {
  const first = await ask(route, { path: enginePath(target.asked, 'polling') });
  const opening = first.kind === 'answer' ? readOpening(first.body) : null;
  if (first.kind !== 'answer' || opening?.kind !== 'open') return [{ ...judge(first), hasCookie: false }];
  const path = enginePath(target.asked, 'polling', opening.handshake.sid);
  const cookie = (first.headers.get('set-cookie') ?? []).map((line) => line.split(';', 1)[0]).join('; ');
  const headers = withCookies && cookie !== '' ? { Cookie: cookie } : {};
  const tried: Tried[] = [];
  for (let count = 0; count < requests; count++) {
    // A pong nobody asked for has no effect; the last one says goodbye.
    const body = count === requests - 1 ? '1' : '3';
    tried.push({
      ...judge(await ask(route, { path, method: 'POST', body, headers })),
      hasCookie: cookie !== '',
    });
  }
  return tried;
}

function judge(outcome: HttpOutcome): Omit<Tried, 'hasCookie'> {
  if (outcome.kind !== 'answer') return { kind: 'refused', how: `nothing (${outcome.kind})` };
  if (outcome.status === 200) return { kind: 'known', how: '' };
  const opening = readOpening(outcome.body);
  const isUnknown = opening.kind === 'refused' && opening.code === engineErrors.session;
  const location = headerOf(outcome, 'location') === undefined ? '' : ', a redirect';
  if (isBusy(outcome.status)) return { kind: 'busy', how: `HTTP ${outcome.status}` };
  return { kind: isUnknown ? 'unknown' : 'refused', how: `HTTP ${outcome.status}${location}` };
}
