import { describe, expect, test } from 'vitest';
import { type Evidence, judge, type Witness } from '../../../examples/cluster/verdict.ts';

const room = 'conversation:1';

/** A good run: alice and bob in one room, three messages, each received by both. */
const good: Evidence = {
  log: { [room]: ['alice/0', 'bob/0', 'alice/1'] },
  clients: [witness('alice', ['alice/0', 'alice/1']), witness('bob', ['bob/0'])],
  presence: [
    { node: 'node 1', user: 'alice', isOnline: true, isHere: true },
    { node: 'node 1', user: 'carol', isOnline: false, isHere: false },
  ],
};

function witness(user: string, sent: readonly string[]): Witness {
  return {
    user,
    rooms: [room],
    trespasses: [],
    shutOut: [],
    sent: sent.map((key) => ({ key, room, state: 'acknowledged' })),
    received: { [room]: ['alice/0', 'bob/0', 'alice/1'] },
  };
}

/** The good run, with one thing changed that alice knows. */
function alice(change: Partial<Witness>): Evidence {
  const [first, ...others] = good.clients;
  return { ...good, clients: [{ ...(first as Witness), ...change }, ...others] };
}

const kinds = (evidence: Evidence) => judge(evidence).map(({ kind }) => kind);

test('[SV-7] a run in which everything came once, in order, has no fault', () => {
  expect(judge(good)).toEqual([]);
});

describe('[SV-7] each planted fault is found, and no other', () => {
  const planted: Record<string, readonly [evidence: Evidence, ...kinds: string[]]> = {
    'an acknowledged message without effect': [
      alice({ sent: [...(good.clients[0]?.sent ?? []), { key: 'alice/2', room, state: 'acknowledged' }] }),
      'lost',
    ],
    'an effect in another room than the one it was sent to': [
      { ...good, log: { ...good.log, 'conversation:2': ['bob/0'] } },
      'invented',
    ],
    'an effect twice, which nobody was told twice': [
      { ...good, log: { [room]: ['alice/0', 'bob/0', 'alice/1', 'bob/0'] } },
      'doubled',
    ],
    'a message that waits for ever': [
      alice({
        sent: [{ key: 'alice/0', room, state: 'sending' }, ...(good.clients[0]?.sent.slice(1) ?? [])],
      }),
      'unsettled',
    ],
    'a message that ended without an answer': [
      alice({ sent: [...(good.clients[0]?.sent ?? []), { key: 'alice/2', room, state: 'unknown' }] }),
      'turned-down',
    ],
    'an effect that nobody asked for': [
      {
        log: { [room]: ['alice/0', 'bob/0', 'alice/1', 'mallory/0'] },
        clients: good.clients.map((client) => ({
          ...client,
          received: { [room]: ['alice/0', 'bob/0', 'alice/1', 'mallory/0'] },
        })),
        presence: good.presence,
      },
      'invented',
    ],
    'a message that is received, and took no effect': [
      alice({ received: { [room]: ['alice/0', 'bob/0', 'alice/1', 'bob/1'] } }),
      'invented',
    ],
    'one in the middle that never came': [alice({ received: { [room]: ['alice/0', 'alice/1'] } }), 'missed'],
    'one at the end that never came': [alice({ received: { [room]: ['alice/0', 'bob/0'] } }), 'missed'],
    'a room of which nothing came': [alice({ received: {} }), 'missed', 'missed', 'missed'],
    'one that came twice': [
      alice({ received: { [room]: ['alice/0', 'bob/0', 'bob/0', 'alice/1'] } }),
      'repeated',
    ],
    'one that came twice, much later': [
      alice({ received: { [room]: ['alice/0', 'bob/0', 'alice/1', 'alice/0'] } }),
      'repeated',
    ],
    'two that changed places': [
      alice({ received: { [room]: ['bob/0', 'alice/0', 'alice/1'] } }),
      'disordered',
    ],
    'a room that let in who may not': [alice({ trespasses: ['conversation:9'] }), 'trespass'],
    'a room that shuts out who may be in it': [alice({ shutOut: [room] }), 'shut-out'],
    'words of a room that one may not hear': [
      alice({ received: { ...good.clients[0]?.received, 'conversation:9': ['bob/0'] } }),
      'trespass',
    ],
    'a user who is gone, and seen as online': [
      { ...good, presence: [{ node: 'node 2', user: 'carol', isOnline: true, isHere: false }] },
      'ghost',
    ],
    'a user who is here, and seen as offline': [
      { ...good, presence: [{ node: 'node 2', user: 'bob', isOnline: false, isHere: true }] },
      'unseen',
    ],
    'a run in which nobody was asked who is online': [{ ...good, presence: [] }, 'idle'],
    'a run in which nothing happened': [
      { log: {}, clients: [], presence: good.presence },
      'idle',
      'idle',
      'idle',
    ],
  };

  test.each(Object.entries(planted))('%s', (_, [evidence, ...expected]) => {
    expect(kinds(evidence)).toEqual(expected);
  });
});

test('[SV-7] a fault says who, what and where', () => {
  const [fault] = judge(alice({ received: { [room]: ['alice/0', 'alice/1'] } }));
  expect(fault?.what).toBe('alice never received bob/0 of conversation:1');
});
