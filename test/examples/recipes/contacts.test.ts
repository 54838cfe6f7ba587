import { expect, test } from 'vitest';
import { contactsOf } from '../../../examples/recipes/contacts.ts';
import { LinkCallError } from '../../../src/index.ts';
import { createHarness } from '../../support/harness.ts';

test('who is online is asked for with each link, and told in between', async () => {
  const h = createHarness();
  const { online$, stop } = contactsOf(h.connection as never);
  h.answerWith(async () => ({ bob: true, carol: false }));
  await h.goLive();
  await h.settle();
  expect(online$.value).toEqual({ bob: true, carol: false });
  h.dial.say('presence:changed', { user: 'carol', online: true });
  expect(online$.value).toEqual({ bob: true, carol: true });

  await h.pass(5_000);
  h.dial.lose();
  expect(online$.value).toEqual({ bob: true, carol: true });
  h.answerWith(async () => ({ bob: false, carol: true }));
  await h.pass(1_000);
  await h.grant();
  h.dial.open();
  await h.settle();
  expect(online$.value).toEqual({ bob: false, carol: true });

  stop();
  h.dial.say('presence:changed', { user: 'bob', online: true });
  expect(online$.value).toEqual({ bob: false, carol: true });
});

test('an answer that never came leaves the list, and is no unhandled rejection', async () => {
  const h = createHarness();
  const { online$ } = contactsOf(h.connection as never);
  h.answerWith(() => Promise.reject(new LinkCallError('timeout')));
  await h.goLive();
  await h.settle();
  expect(online$.value).toEqual({});
});
