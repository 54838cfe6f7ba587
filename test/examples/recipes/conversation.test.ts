import { expect, test } from 'vitest';
import { Conversation } from '../../../examples/recipes/conversation.ts';
import { LinkCallError, plain } from '../../../src/index.ts';
import { createHarness } from '../../support/harness.ts';

function talking() {
  const h = createHarness({ dialect: plain({ idKey: 'id' }) });
  const conversation = new Conversation(h.connection as never);
  const shown = () => conversation.lines$.value.map(({ text, state }) => `${text}: ${state}`);
  return { h, conversation, shown };
}

test('a message is shown at once, and once when the copy of the server comes first or last', async () => {
  const { h, conversation, shown } = talking();
  await h.goLive();
  let answer: (value: unknown) => void = () => {};
  h.answerWith(() => new Promise((resolve) => (answer = resolve)));
  conversation.say('hello');
  expect(shown()).toEqual(['hello: sending']);
  await h.settle();
  const [{ args = [] } = {}] = h.sent;
  const { id } = args[0] as { readonly id: string };
  h.dial.say('message:new', { id, text: 'hello' });
  expect(shown()).toEqual(['hello: sent']);
  answer({ ok: true });
  await h.settle();
  expect(shown()).toEqual(['hello: sent']);
  h.dial.say('message:new', { id: 'of-bob', text: 'hi' });
  expect(shown()).toEqual(['hello: sent', 'hi: sent']);
});

test('what was written without a link waits, and goes out with the next one', async () => {
  const { h, conversation, shown } = talking();
  h.connection.connect('alice');
  conversation.say('later');
  await h.settle();
  expect(shown()).toEqual(['later: sending']);
  h.answerWith(async () => ({ ok: true }));
  await h.grant();
  h.dial.open();
  await h.settle();
  expect(shown()).toEqual(['later: sent']);
});

test('what the server refuses says why', async () => {
  const { h, conversation, shown } = talking();
  await h.goLive();
  h.answerWith(async () => ({ error: 'too rude' }));
  conversation.say('…');
  await h.settle();
  expect(shown()).toEqual(['…: failed']);
  expect(conversation.lines$.value[0]?.hint).toBe('too rude');
});

test('after it is closed nothing is shown any more', async () => {
  const { h, conversation, shown } = talking();
  await h.goLive();
  conversation.close();
  h.answerWith(async () => Promise.reject(new LinkCallError('timeout')));
  h.dial.say('message:new', { id: 'a', text: 'hi' });
  expect(shown()).toEqual([]);
});
