import { type Check, type Context, type Facts, type Finding, fault, ok } from '../check.ts';
import { isBusy } from '../judge-answer.ts';
import { type Connected, connectTo } from '../wire/packets.ts';
import { openSession, type Session } from '../wire/session.ts';

/** Whether the server has the namespace, and answers the request for it at all. */
export const namespace: Check = {
  id: 'namespace',
  asks: 'Does the server have the namespace, and answer the request for it?',
  needs: ['target', 'route', 'way', 'handshake', 'token'],
  gives: ['knows'],
  async run(facts, context) {
    const { route, target, way } = facts;
    const session = await openSession(route, target.asked, way.transport);
    if ('problem' in session)
      return fault(isBusy(session.status) ? 'http-busy' : 'connect-closed', session.problem);
    context.atEnd(() => session.close());
    const connected = await connectTo(
      session,
      target.namespace,
      authOf(facts, context),
      context.settings.timeout,
    );
    return judge(connected, session, facts, context);
  },
};

function authOf({ token }: Facts, { settings }: Context): object | null {
  return token === null ? null : { [settings.authField]: token.expose() };
}

async function judge(
  connected: Connected,
  session: Session,
  facts: Facts,
  context: Context,
): Promise<Finding> {
  const name = facts.target.namespace;
  switch (connected.kind) {
    case 'accepted':
      return ok(`the server has the namespace ${name}`, { gives: { knows: { session } } });
    case 'refused': {
      const { message, data } = connected;
      if (message === 'Invalid namespace') return judgeInvalid(facts, context);
      return ok(`the server has the namespace ${name}`, { gives: { knows: { message, data } } });
    }
    case 'old':
      return fault('engine-version-3', 'the server accepts without a session id, as Socket.IO 2 does');
    case 'closed':
      return fault('connect-closed', context.quote(connected.how));
    case 'invalid':
      return fault('packet-invalid', context.quote(connected.why));
    case 'silent':
      return judgeSilent(facts, context);
  }
}

async function judgeInvalid(facts: Facts, context: Context): Promise<Finding> {
  const { namespace: name } = facts.target;
  const shorter = name.replace(/\/+$/, '');
  const text = `the server says that there is no namespace ${name}`;
  if (shorter === name || shorter === '' || !(await isKnown(shorter, facts, context)))
    return fault('namespace-invalid', text);
  return fault('namespace-invalid', `${text}, but it has ${shorter}`, {
    cure: `Write ${shorter} without the slash at its end.`,
  });
}

/** Middleware that hangs is that of one namespace: Socket.IO itself still says at once that another does not exist. */
async function judgeSilent(facts: Facts, context: Context): Promise<Finding> {
  const text = `no answer to the request for ${facts.target.namespace} within ${context.settings.timeout / 1000} s`;
  const other = await askFor(`/holdfast-doctor-${facts.handshake.sid.length}`, facts, context);
  if (other === 'silent') return fault('bare-engine', `${text}, nor for any other namespace`);
  return fault('connect-silent', `${text}, though Socket.IO answers for another namespace`);
}

async function isKnown(name: string, facts: Facts, context: Context): Promise<boolean> {
  const kind = await askFor(name, facts, context);
  return kind === 'accepted' || kind === 'refused';
}

async function askFor(name: string, { route, target, way }: Facts, context: Context): Promise<string> {
  const session = await openSession(route, target.asked, way.transport);
  if ('problem' in session) return 'closed';
  const connected = await connectTo(session, name, null, context.settings.timeout);
  session.close();
  const isInvalid = connected.kind === 'refused' && connected.message === 'Invalid namespace';
  return isInvalid ? 'invalid' : connected.kind;
}
