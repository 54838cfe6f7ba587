import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { jwt } from '../../src/server/index.ts';
import { guarded } from '../support/guarded.ts';
import { overhearConsole, strings } from '../support/hearsay.ts';
import { bodyOf, rawClient } from '../support/raw-client.ts';
import { forged, secret, tokenOf } from '../support/tokens.ts';
import { use } from '../support/trial.ts';

test('[CR-12, SV-1] no token, and no part of one, is in a notice, an error, a log or an answer', async () => {
  const written = overhearConsole();
  const good = jwt({ secret, audience: 'chat', clockTolerance: 0 });
  const opaque = 'opaque-Zq8rT2vN-Lk3mP9xW';
  const now = Math.floor(Date.now() / 1_000);
  const { port, notices, users } = await guarded({
    // Careless in every way it can be.
    verify: async (token) => {
      if (token === opaque) {
        const error = new Error(`introspection of ${token} failed`, { cause: { request: { token } } });
        throw Object.assign(error, { config: { headers: { authorization: `Bearer ${token}` } } });
      }
      return good(token);
    },
  });
  const tokens = [
    opaque,
    await tokenOf(),
    await tokenOf({ aud: 'other' }),
    await tokenOf({ aud: 'chat', exp: now - 60 }),
    await tokenOf({ aud: 'chat' }, { key: 'another' }),
    await tokenOf({ aud: 'chat', nbf: now + 60 }),
    forged({ alg: 'none' }, { sub: 'alice', aud: 'chat' }, 'c2lnbmF0dXJl'),
    `${await tokenOf({ aud: 'chat' })}#garbage-at-the-end`,
  ];
  const answers: string[] = [];
  for (const token of tokens) {
    const client = use(await rawClient(port));
    client.connect({ token });
    answers.push(await client.next('4'));
  }
  const accepted = await tokenOf({ aud: 'chat' });
  for (const [index, token] of tokens.entries()) {
    const client = use(await rawClient(port));
    client.connect({ token: accepted });
    await client.next('0');
    client.send(`21${JSON.stringify(['holdfast:renew', { token }])}`);
    const answer = await client.next('31');
    expect(bodyOf(answer), `token ${index}`).toMatchObject([{ error: { code: expect.any(String) } }]);
    answers.push(...client.packets);
  }
  expect(users()).toHaveLength(tokens.length);
  expect(notices.filter(({ kind }) => kind === 'refused')).toHaveLength(2 * tokens.length);
  expect(notices.filter(({ kind }) => kind === 'failed')).toHaveLength(2);
  const readings = [
    ...strings(notices),
    ...notices.map((notice) => inspect(notice, { depth: 8, showHidden: true })),
    ...written,
    ...answers,
  ];
  const parts = [...tokens, accepted].flatMap((token) => [
    token,
    ...token.split('.').filter(({ length }) => length > 8),
  ]);
  for (const part of parts) expect(readings.filter((text) => text.includes(part))).toEqual([]);
});
