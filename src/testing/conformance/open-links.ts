import type { Heard, Play } from './scene.ts';

/** What is said over an open link. */
export const openLinkPlays: readonly Play[] = [
  {
    name: 'what the server says comes with all its arguments, in order',
    clauses: ['MS-1', 'LK-7'],
    async play(scene) {
      await scene.opened(1);
      scene.server.say('one', 1, 'two', { three: [3] }, null);
      scene.server.say('none');
      scene.server.say('two', 'a');
      await scene.untilTold('opened 1', 'received 1 one', 'received 1 none', 'received 1 two');
      scene.expectSame(
        scene.heard.slice(1).map(({ args, replayed }) => [args, replayed]),
        [
          [[1, 'two', { three: [3] }, null], false],
          [[], false],
          [['a'], false],
        ],
        'arguments',
      );
    },
  },
  {
    name: 'the last word comes before the loss that it explains',
    clauses: ['RE-7', 'LK-3'],
    async play(scene) {
      await scene.opened(1);
      scene.server.say('bye', { code: 'superseded' });
      scene.server.kick();
      await scene.untilTold('opened 1', 'received 1 bye', 'lost 1');
    },
  },
  {
    name: 'what is emitted arrives with all its arguments, in order',
    clauses: ['LK-2'],
    async play(scene) {
      await scene.opened(1);
      scene.expectThat(scene.session.emit('one', [1, 'two', { three: 3 }]), 'emit is true while open');
      for (const n of [1, 2, 3]) scene.session.emit('more', [n]);
      await scene.until('four events at the server', () => scene.server.heard().length === 4);
      const heard = scene.server.heard().map(({ event, args }) => [event, ...args]);
      const expected = [
        ['one', 1, 'two', { three: 3 }],
        ['more', 1],
        ['more', 2],
        ['more', 3],
      ];
      scene.expectSame(heard, expected, 'what the server heard');
    },
  },
  {
    name: 'what is emitted while nothing is open is false, and is not sent later',
    clauses: ['LK-2', 'ID-2'],
    async play(scene) {
      const emit = (when: string) =>
        scene.expectThat(!scene.session.emit('lost words', [when]), `emit is false ${when}`);
      emit('before the first dial');
      await scene.hanging(1);
      emit('during the handshake');
      scene.session.hangUp(1, { keepSession: false });
      emit('after a hang-up');
      scene.server.next('accept');
      await scene.opened(2);
      scene.server.drop();
      await scene.until('lost 2', () => scene.told().includes('lost 2'));
      emit('after a loss');
      await scene.expectNoAnswer(scene.session.call('lost call', [], 20), 'not-open');
      await scene.opened(3);
      await scene.quiet();
      scene.expectSame(scene.server.heard(), [], 'what the server heard');
    },
  },
  {
    name: 'a call gets the first argument of the acknowledgement',
    clauses: ['OB-8'],
    async play(scene) {
      await scene.opened(1);
      const answers: unknown[] = [];
      for (const n of [1, 2]) {
        const note = (answer: unknown) => answers.push(answer);
        scene.session.call('ask', [{ n }, 'more'], 1_000).then(note, note);
      }
      await scene.until('both answers', () => answers.length === 2);
      scene.expectSame(answers, [{ n: 1 }, { n: 2 }], 'the answers');
      const asked = scene.server.heard().map(({ event, args }) => [event, ...args]);
      const expected = [
        ['ask', { n: 1 }, 'more'],
        ['ask', { n: 2 }, 'more'],
      ];
      scene.expectSame(asked, expected, 'what the server heard');
    },
  },
  {
    name: 'a call that nobody answers ends at its timeout, and the link stays',
    clauses: ['OB-8'],
    async play(scene) {
      await scene.opened(1);
      scene.server.acknowledge(false);
      await scene.expectNoAnswer(scene.session.call('ask', [], 30), 'timeout');
      await scene.expectNoAnswer(scene.session.call('ask', [], 0), 'timeout');
      await scene.quiet();
      scene.expectTold('opened 1');
    },
  },
  {
    name: 'a call ends with its link: by loss, hang-up, new dial and close',
    clauses: ['OB-8', 'LC-10'],
    async play(scene) {
      const ends: (() => unknown)[] = [
        () => scene.server.drop(),
        () => scene.server.kick(),
        () => scene.session.hangUp(3, { keepSession: false }),
        () => scene.session.dial(5),
        () => scene.session.close(),
      ];
      scene.server.acknowledge(false);
      for (const [index, end] of ends.entries()) {
        const epoch = index === 4 ? 6 : index + 1;
        await scene.opened(epoch);
        const before = scene.server.heard().length;
        const call = scene.session.call('ask', [], 60_000);
        const ended = scene.expectNoAnswer(call, 'lost');
        await scene.until('the call is there', () => scene.server.heard().length > before);
        await end();
        await ended;
        await scene.until('the server knows', () => scene.server.accepted() === 0);
      }
    },
  },
  {
    name: 'a call ends at once while nothing is open',
    clauses: ['OB-8'],
    async play(scene) {
      const call = () => scene.expectNoAnswer(scene.session.call('ask', [], 60_000), 'not-open');
      await call();
      await scene.hanging(1);
      await call();
      scene.session.hangUp(1, { keepSession: false });
      await call();
    },
  },
  {
    name: 'the sessions of two identities do not touch each other',
    clauses: ['ID-1', 'LK-1'],
    async play(scene) {
      const ofBob: Heard[] = [];
      const bob = scene.another('bob', (heard) => ofBob.push(heard));
      await scene.opened(1);
      bob.dial(1);
      bob.authenticate(1, null);
      await scene.until('both are open', () => ofBob.length === 1 && scene.server.accepted() === 2);
      await scene.session.close();
      await scene.until('one is left', () => scene.server.connections() === 1);
      scene.server.say('still', 'here');
      await scene.until('bob hears it', () => ofBob.length === 2);
      scene.expectTold('opened 1');
      await bob.close();
    },
  },
];
