import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type JwtOptions, jwt } from '../../src/server/index.ts';
import { guarded } from '../support/guarded.ts';
import { live, until } from '../support/live.ts';
import { jwksServer, signer } from '../support/tokens.ts';
import { use } from '../support/trial.ts';

/** Only the clock: sockets and timers stay real. */
function passTime(ms: number): void {
  const later = Date.now() + ms;
  vi.useFakeTimers({ toFake: ['Date'], now: later });
  onTestFinished(() => void vi.useRealTimers());
}

async function refusalOf(token: string, verify: ReturnType<typeof jwt>): Promise<unknown> {
  return Promise.resolve(verify(token)).then(
    () => 'ok',
    ({ code, detail, retryAfter }) => ({ code, detail, ...(retryAfter !== undefined && { retryAfter }) }),
  );
}

describe('a key set behind a URL', () => {
  test('[SV-1] is fetched at the first verification, once for many', async () => {
    const one = await signer('one');
    const issuer = use(await jwksServer(one));
    const verify = jwt({ jwks: issuer.url });
    verify.ready?.();
    expect(issuer.requests).toBe(0);
    const tokens = await Promise.all(Array.from({ length: 50 }, () => one.sign()));
    await Promise.all(tokens.map((token) => verify(token)));
    expect(issuer.requests).toBe(1);
  });

  test('[SV-1] serves a client of holdfast', async () => {
    const one = await signer('one', 'ES256');
    const issuer = use(await jwksServer(one));
    const options: JwtOptions = { jwks: new URL(issuer.url), issuer: 'https://id', audience: 'chat' };
    const { url, users } = await guarded({ verify: jwt(options) });
    const run = live(url, { credential: () => one.sign({ iss: 'https://id', aud: 'chat' }) });
    run.connection.connect('alice');
    await run.connection.ready();
    expect(users()).toEqual(['alice']);
  });

  test('[SV-1] that changed is fetched again for a key that is new; a key that is gone opens nothing', async () => {
    const [one, two] = await Promise.all([signer('one'), signer('two')]);
    const issuer = use(await jwksServer(one));
    const verify = jwt({ jwks: issuer.url });
    const old = await one.sign();
    await verify(old);
    issuer.signers = [two];
    passTime(31_000);
    expect(await verify(await two.sign())).toMatchObject({ user: 'alice' });
    expect(issuer.requests).toBe(2);
    expect(await refusalOf(old, verify)).toEqual({
      code: 'unauthorized',
      detail: 'ERR_JWKS_NO_MATCHING_KEY',
    });
  });

  test('[SV-1] that changed a moment after it was fetched signs nobody out: busy until it may be fetched again', async () => {
    const [one, two] = await Promise.all([signer('one'), signer('two')]);
    const issuer = use(await jwksServer(one));
    const verify = jwt({ jwks: issuer.url });
    await verify(await one.sign());
    issuer.signers = [one, two];
    const fresh = await two.sign();
    expect(await refusalOf(fresh, verify)).toEqual({
      code: 'busy',
      detail: expect.stringContaining('later'),
      retryAfter: expect.closeTo(30_000, -4),
    });
    expect(issuer.requests).toBe(1);
    passTime(30_001);
    expect(await verify(fresh)).toMatchObject({ user: 'alice' });
  });

  test('[SV-1] is not fetched again and again for keys that nobody knows', async () => {
    const [one, stranger] = await Promise.all([signer('one'), signer('stranger')]);
    const issuer = use(await jwksServer(one));
    const verify = jwt({ jwks: issuer.url });
    const old = await stranger.sign({ iat: Math.floor(Date.now() / 1_000) - 60 });
    for (let n = 0; n < 20; n += 1)
      expect(await refusalOf(old, verify)).toMatchObject({ code: 'unauthorized' });
    expect(issuer.requests).toBe(1);
  });

  test('[SV-1, RE-2] that cannot be fetched is busy: the client keeps its token and comes in when it can', async () => {
    const one = await signer('one');
    const issuer = use(await jwksServer(one));
    issuer.status = 503;
    const { url, notices, users } = await guarded({ verify: jwt({ jwks: issuer.url }) });
    const run = live(url, { credential: () => one.sign() });
    run.connection.connect('alice');
    const { cause, retryAt, since } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'busy' });
    expect(retryAt).toBeGreaterThanOrEqual(since + 5_000);
    issuer.status = 200;
    run.connection.retry();
    await run.connection.ready();
    expect(run.asked.map(({ forceRefresh }) => forceRefresh)).toEqual([false, false]);
    expect(notices).toEqual([{ kind: 'refused', code: 'busy', detail: expect.stringMatching(/key set/) }]);
    expect(users()).toEqual(['alice']);
  });

  test('[SV-1] of a server that is gone, answers nonsense or a page is busy, not unauthorized', async () => {
    const one = await signer('one');
    const token = await one.sign();
    const gone = await jwksServer(one);
    await gone.close();
    expect(await refusalOf(token, jwt({ jwks: gone.url }))).toMatchObject({
      code: 'busy',
      detail: expect.stringContaining('ECONNREFUSED'),
      retryAfter: 5_000,
    });
    const issuer = use(await jwksServer(one));
    for (const body of ['<html>', '{"keys":7}', 'null']) {
      issuer.body = body;
      expect(await refusalOf(token, jwt({ jwks: issuer.url })), body).toMatchObject({ code: 'busy' });
    }
  });
});
