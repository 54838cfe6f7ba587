import { type Check, type Context, type Facts, type Finding, fault, ok, warning } from '../check.ts';

/** nginx closes after so many ms without a byte, unless told otherwise; most balancers do, too. */
const usualPatience = 60_000;

/** The pings of the server against the patience of proxies. */
export const heartbeat: Check = {
  id: 'heartbeat',
  asks: 'Does the server ping more often than proxies lose patience, and (with `--idle`) does a quiet connection last?',
  needs: ['handshake', 'session', 'answers'],
  gives: [],
  async run(facts, context) {
    const { pingInterval, pingTimeout } = facts.handshake;
    const text = `the server pings every ${seconds(pingInterval)} and waits ${seconds(pingTimeout)} for the answer`;
    if (context.settings.idle) {
      const cut = await waitForPing(facts, context);
      if (cut !== null) return cut;
    }
    if (pingInterval >= usualPatience) return warning('ping-interval-long', text);
    return ok(context.settings.idle ? `${text}; the first ping came over a quiet connection` : text);
  },
};

async function waitForPing(
  { session, handshake }: Facts,
  { settings, quote, signal }: Context,
): Promise<Finding | null> {
  const started = performance.now();
  const until = started + handshake.pingInterval + settings.timeout;
  while (!signal.aborted) {
    const incoming = await session.receive(Math.max(0, until - performance.now()));
    const after = seconds(performance.now() - started);
    if (incoming.kind === 'ping') return null;
    if (incoming.kind === 'closed')
      return fault('idle-cut', `after ${after} of silence ${quote(incoming.how)}`);
    if (incoming.kind === 'invalid') return fault('packet-invalid', quote(incoming.why));
    if (incoming.kind === 'silent' || performance.now() >= until)
      return fault('ping-missing', `no ping within ${after}`);
  }
  return null;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
