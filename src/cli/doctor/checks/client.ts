import type { Observed } from '../../../../machines/verdict.ts';
import { socketIo } from '../../../link/socket-io.ts';
import { Secret } from '../../../secret.ts';
import { type Check, type Context, type Facts, fault, ok } from '../check.ts';
import { leave } from '../wire/packets.ts';
import { within } from '../within.ts';

/** The same once more by the client itself, as an app would do it. */
export const client: Check = {
  id: 'client',
  asks: 'Does the client of holdfast connect, by socket.io-client, with what the checks found?',
  needs: ['target', 'route', 'way', 'token', 'session', 'answers'],
  gives: [],
  async run(facts, context) {
    const { way, session, target } = facts;
    await leave(session, target.namespace);
    const outcome = await connectOnce(facts, context);
    if (outcome === 'opened') return ok(`socket.io-client connects by ${way.transport}`);
    const text =
      outcome === undefined
        ? `socket.io-client did not connect within ${context.settings.timeout / 1000} s`
        : `socket.io-client says "${context.quote(outcome.message)}"`;
    return fault('client-failed', text);
  },
};

async function connectOnce(
  { target, route, way, token }: Facts,
  { settings, signal }: Context,
): Promise<'opened' | Observed | undefined> {
  const space = target.namespace === '/' ? '' : target.namespace;
  const link = socketIo(`${target.origin}${space}`, {
    path: target.path.replace(/(.)\/$/, '$1'),
    query: target.query,
    transports: [way.transport],
    ...(route.ca !== undefined && { ca: route.ca }),
  });
  let settle: (outcome: 'opened' | Observed) => void = () => {};
  const settled = new Promise<'opened' | Observed>((resolve) => {
    settle = resolve;
  });
  const session = link.open('doctor', {
    opened: () => settle('opened'),
    refused: (_, observed) => settle(observed),
    failed: (_, observed) => settle(observed),
    lost: (_, observed) => settle(observed),
    received: () => {},
  });
  session.dial(1);
  session.authenticate(1, token === null ? null : new Secret({ [settings.authField]: token.expose() }));
  const outcome = await within(settings.timeout, signal, settled);
  await session.close();
  return outcome;
}
