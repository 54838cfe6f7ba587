import { Secret } from '../../secret.ts';
import { goodAuth, type Play } from './scene.ts';

/** From the dial to its settlement. */
export const attemptPlays: readonly Play[] = [
  {
    name: 'opening a session dials nothing',
    clauses: ['LC-14'],
    async play(scene) {
      await scene.quiet();
      scene.expectSame(scene.server.connections(), 0, 'connections');
      scene.expectTold();
    },
  },
  {
    name: 'an attempt that is accepted is opened, once',
    clauses: ['LK-2', 'LC-5'],
    async play(scene) {
      scene.attempt(7);
      await scene.untilTold('opened 7');
      scene.expectSame(scene.heard[0]?.recovered, false, '`recovered` of a first link');
      scene.expectSame(scene.server.presented(), [goodAuth], 'the credentials presented');
    },
  },
  {
    name: 'an attempt that is refused is told once, with what the server said; the next one may be accepted',
    clauses: ['LK-2', 'LK-5'],
    async play(scene) {
      scene.server.next('refuse');
      scene.attempt(1);
      await scene.untilTold('refused 1');
      const { during, message, data } = scene.heard[0]?.observed ?? {};
      scene.expectSame(
        { during, message, data },
        { during: 'refused', message: 'come back', data: { code: 'busy', retryAfter: 1_500 } },
        'what was observed',
      );
      scene.server.next('accept');
      scene.attempt(2);
      await scene.untilTold('refused 1', 'opened 2');
      scene.expectSame(scene.server.connections(), 1, 'connections');
    },
  },
  {
    name: 'an attempt whose connection ends during the handshake has failed, once; the next one may be accepted',
    clauses: ['LK-2', 'LK-5'],
    async play(scene) {
      scene.server.next('close');
      scene.attempt(1);
      await scene.untilTold('failed 1');
      scene.expectSame(scene.heard[0]?.observed?.during, 'failed', '`during`');
      scene.server.next('accept');
      scene.attempt(2);
      await scene.untilTold('failed 1', 'opened 2');
    },
  },
  {
    name: 'a connection that breaks before the credential is there is a failed attempt',
    clauses: ['LK-2', 'CR-11'],
    async play(scene) {
      scene.session.dial(1);
      await scene.until('a connection', () => scene.server.connections() === 1);
      await scene.quiet();
      scene.server.drop();
      await scene.untilTold('failed 1');
      scene.session.authenticate(1, new Secret(goodAuth));
      await scene.quiet();
      scene.expectTold('failed 1');
      scene.expectSame(scene.server.presented(), [], 'the credentials presented');
    },
  },
  {
    name: 'an attempt that is left without an answer settles no other way than by a hang-up, and leaves nothing',
    clauses: ['LK-2', 'RE-8'],
    async play(scene) {
      await scene.hanging(1);
      await scene.quiet();
      scene.expectTold();
      scene.session.hangUp(1, { keepSession: false });
      scene.server.release();
      await scene.nothingLeft();
      await scene.quiet();
      scene.expectTold();
    },
  },
  {
    name: 'the dial goes ahead of the credential, and the handshake waits for it',
    clauses: ['CR-11'],
    async play(scene) {
      scene.session.dial(1);
      await scene.until('a connection', () => scene.server.connections() === 1);
      await scene.quiet();
      scene.expectTold();
      scene.expectSame(scene.server.presented(), [], 'the credentials presented');
      scene.session.authenticate(1, new Secret(goodAuth));
      await scene.untilTold('opened 1');
      scene.expectSame(scene.server.presented(), [goodAuth], 'the credentials presented');
    },
  },
  {
    name: 'the credential that comes first counts, before the connection is there and after',
    clauses: ['CR-11'],
    async play(scene) {
      scene.attempt(1, { token: 'first' });
      scene.session.authenticate(1, new Secret({ token: 'second' }));
      await scene.untilTold('opened 1');
      scene.session.authenticate(1, new Secret({ token: 'third' }));
      await scene.quiet();
      scene.expectTold('opened 1');
      scene.expectSame(scene.server.presented(), [{ token: 'first' }], 'the credentials presented');
    },
  },
  {
    name: '`null` is a handshake without a credential',
    clauses: ['CR-11'],
    async play(scene) {
      scene.attempt(1, null);
      await scene.untilTold('opened 1');
      scene.expectSame(scene.server.presented(), [{}], 'the credentials presented');
    },
  },
  {
    name: 'two dials in one tick make one connection, of the latter',
    clauses: ['LK-2', 'LC-4'],
    async play(scene) {
      scene.attempt(1, { token: 'first' });
      scene.attempt(2, { token: 'second' });
      await scene.untilTold('opened 2');
      scene.expectSame(scene.server.connections(), 1, 'connections');
      scene.expectSame(scene.server.presented(), [{ token: 'second' }], 'the credentials presented');
    },
  },
  {
    name: 'what an older attempt comes to is not told after a new dial',
    clauses: ['LK-2'],
    async play(scene) {
      await scene.hanging(1);
      scene.server.next('accept');
      scene.attempt(2);
      scene.server.release();
      await scene.untilTold('opened 2');
      scene.expectSame(scene.server.connections(), 1, 'connections');
    },
  },
  {
    name: 'words to an attempt that is over, or to none, do nothing',
    clauses: ['LK-2'],
    async play(scene) {
      scene.session.authenticate(1, new Secret({ token: 'to nobody' }));
      scene.session.hangUp(1, { keepSession: false });
      scene.session.dial(2);
      scene.session.authenticate(1, new Secret({ token: 'stale' }));
      scene.session.hangUp(1, { keepSession: false });
      scene.session.authenticate(2, new Secret(goodAuth));
      await scene.untilTold('opened 2');
      scene.session.dial(2);
      scene.attempt(1);
      scene.session.hangUp(1, { keepSession: true });
      await scene.quiet();
      scene.expectTold('opened 2');
      scene.expectSame(scene.server.presented(), [goodAuth], 'the credentials presented');
      scene.expectSame(scene.server.accepted(), 1, 'accepted links');
    },
  },
  {
    name: 'the sink may dial again inside its word',
    clauses: ['LK-2', 'LC-12'],
    async play(scene) {
      scene.react = ({ kind, epoch }) => {
        if (epoch === 2) scene.server.next('accept');
        if (kind === 'refused' || kind === 'failed' || kind === 'lost') scene.attempt(epoch + 1);
      };
      scene.server.next('refuse');
      scene.attempt(1);
      await scene.until('opened 3', () => scene.told().includes('opened 3'));
      await scene.until('the server has accepted it', () => scene.server.accepted() === 1);
      scene.server.drop();
      await scene.untilTold('refused 1', 'refused 2', 'opened 3', 'lost 3', 'opened 4');
      await scene.until('one connection is left', () => scene.server.connections() === 1);
    },
  },
];
