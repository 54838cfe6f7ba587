import { afterEach, expect, test, vi } from 'vitest';
import { accessToken, signedIn, signedOut, whenSignInIsNeeded } from '../../../examples/recipes/sign-in.ts';
import { createHarness, type Harness } from '../../support/harness.ts';

afterEach(() => void vi.unstubAllGlobals());

/** A server that answers each request for a token in turn, and what it was asked. */
function server(...answers: Response[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string, { method }: RequestInit) => {
    asked.push(`${method} ${url}`);
    return answers.shift() ?? new Response(null, { status: 204 });
  });
  return asked;
}

const token = (name: string) => Response.json({ token: name, expiresIn: 600_000 });

async function settled(h: Harness): Promise<void> {
  for (let n = 0; n < 5; n += 1) await h.settle();
}

test('the token goes into the handshake; one that was refused is asked for past the cache', async () => {
  const asked = server(token('one'), token('two'));
  const h = createHarness({ credential: accessToken });
  signedIn(h.connection, 'alice');
  await settled(h);
  expect(h.dial.auth).toEqual({ token: 'one' });
  h.dial.refuse({ code: 'expired' });
  await settled(h);
  expect(h.dial.auth).toEqual({ token: 'two' });
  expect(asked).toEqual(['POST /token', 'POST /token?fresh']);
});

test('nobody signed in: the sign-in page is asked for once, and not for a server that is down', async () => {
  server(new Response(null, { status: 503 }), new Response(null, { status: 401 }));
  const h = createHarness({ credential: accessToken });
  const shown: string[] = [];
  whenSignInIsNeeded(h.connection, (why) => shown.push(why));
  signedIn(h.connection, 'alice');
  await settled(h);
  expect(h.connection.getStatus().state).toBe('reconnecting');
  expect(shown).toEqual([]);
  await h.pass(1_000);
  await settled(h);
  expect(h.connection.getStatus().state).toBe('auth-failed');
  expect(shown).toHaveLength(1);
});

test('signed out: what waits is thrown away, and the session ends on the server', async () => {
  const asked = server(token('one'));
  const h = createHarness({ credential: accessToken });
  signedIn(h.connection, 'alice');
  const waiting = h.connection.send('say', 'hello');
  await signedOut(h.connection);
  expect(waiting.state).toBe('discarded');
  expect(asked.at(-1)).toBe('DELETE /session');
  expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'signed-out' });
});
