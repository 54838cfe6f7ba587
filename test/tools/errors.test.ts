import { describe, expect, test } from 'vitest';
import { classifySocketIo, hints } from '../../machines/verdict.ts';
import { errorHints } from '../../src/errors.ts';
import { serverHints } from '../../src/server/errors.ts';
import { errorsPage, split } from '../../tools/errors/page.ts';
import { sightings } from '../../tools/errors/sightings.ts';

describe('[ER-1] every code', () => {
  test.each([...Object.entries(errorHints), ...Object.entries(serverHints)])(
    '%s says the cause, then the cure',
    (_, hint) => {
      expect(split(hint)).toEqual({ cause: expect.stringMatching(/\w/), cure: expect.stringMatching(/\w/) });
    },
  );

  test('is on the page', () => {
    const page = errorsPage();
    for (const code of Object.keys({ ...errorHints, ...serverHints }))
      expect(page).toContain(`| \`${code}\` |`);
    for (const hint of Object.values(serverHints)) expect(page).toContain(split(hint).cure);
  });
});

test('[RE-9] the page shows every code that the default classifier gives', () => {
  const given = new Set(sightings.map(({ observed }) => classifySocketIo(observed).code));
  // These come from the provider or its desk, from restoring, from renewals and from the page: nobody observes them on the link.
  const elsewhere = Object.keys(hints).filter((code) =>
    /^(credential-|reserved-|rooms-|sync-|cursor-|renewal-|suspended)/.test(code),
  );
  expect([...given, ...elsewhere].sort()).toEqual(Object.keys(hints).sort());
});
