import { Secret } from '../../secret.ts';
import { goodAuth, type Play, type Scene } from './scene.ts';

/** How links are lost, hung up and closed. */
export const endingPlays: readonly Play[] = [
  {
    name: 'a link that breaks is lost, once',
    clauses: ['LK-3'],
    async play(scene) {
      await scene.opened(1);
      scene.server.drop();
      await scene.untilTold('opened 1', 'lost 1');
      scene.expectSame(scene.heard[1]?.observed?.during, 'lost', '`during`');
      scene.session.hangUp(1, { keepSession: false });
      await scene.nothingLeft();
      scene.expectTold('opened 1', 'lost 1');
    },
  },
  {
    name: 'a link that the server ends is lost, once',
    clauses: ['LK-3', 'RE-7'],
    async play(scene) {
      await scene.opened(1);
      scene.server.kick();
      await scene.untilTold('opened 1', 'lost 1');
      await scene.nothingLeft();
    },
  },
  {
    name: 'nothing is told after a hang-up, whatever the server does',
    clauses: ['LK-2', 'LK-3'],
    async play(scene) {
      for (const [index, keepSession] of [false, true].entries()) {
        const epoch = index + 1;
        await scene.opened(epoch);
        scene.server.say('too late', 1);
        scene.session.hangUp(epoch, { keepSession });
        const told = scene.told();
        scene.server.say('too late', 2);
        scene.server.kick();
        scene.server.drop();
        await scene.nothingLeft();
        await scene.quiet();
        scene.expectTold(...told);
      }
    },
  },
  {
    name: 'a hang-up right after the dial leaves nothing',
    clauses: ['LC-4', 'LK-2'],
    async play(scene) {
      scene.attempt(1);
      scene.session.hangUp(1, { keepSession: false });
      await scene.quiet();
      await scene.nothingLeft();
      scene.expectTold();
      scene.expectSame(scene.server.presented(), [], 'the credentials presented');
    },
  },
  {
    name: 'a dial ends the open link without a word about it',
    clauses: ['LK-2', 'LK-3'],
    async play(scene) {
      await scene.opened(1);
      scene.attempt(2);
      await scene.untilTold('opened 1', 'opened 2');
      await scene.until('one connection is left', () => scene.server.connections() === 1);
    },
  },
  {
    name: 'close ends everything from every phase, again and again',
    clauses: ['LC-10'],
    async play(scene) {
      for (const phase of ['resting', 'dialling', 'hanging'] as const) await closedWhile(scene, phase);
      scene.server.next('accept');
      await scene.opened(3);
      const closed = scene.session.close();
      scene.server.release();
      await settled(scene, closed);
      await settled(scene, scene.session.close());
      await scene.nothingLeft();
      await scene.quiet();
      scene.expectTold('opened 3');
    },
  },
  {
    name: 'after close the methods do nothing, and throw nothing',
    clauses: ['LC-10', 'LC-13'],
    async play(scene) {
      await settled(scene, scene.session.close());
      scene.attempt(1);
      scene.session.hangUp(1, { keepSession: true });
      scene.expectThat(!scene.session.emit('x', []), 'emit is false after close');
      await scene.expectNoAnswer(scene.session.call('x', [], 20), 'not-open');
      await scene.quiet();
      scene.expectSame(scene.server.connections(), 0, 'connections');
      scene.expectTold();
    },
  },
  {
    name: 'no method throws, whatever it is given',
    clauses: ['LC-13'],
    async play(scene) {
      scene.expectThat(!scene.session.emit('x', [1n]), 'emit is false while nothing is open');
      scene.session.call('x', [1n], Number.NaN).catch(() => {});
      await scene.opened(1);
      scene.session.emit('connect', [1n]);
      scene.session.emit('', [undefined]);
      for (const timeout of [Number.NaN, -1]) {
        let isOver = false;
        const end = () => {
          isOver = true;
        };
        scene.session.call('disconnect', [1n], timeout).then(end, end);
        await scene.until('the call has settled', () => isOver);
      }
      scene.session.hangUp(Number.NaN, { keepSession: false });
      scene.session.dial(Number.NaN);
      scene.session.authenticate(Number.NaN, null);
      await scene.quiet();
      scene.expectTold('opened 1');
    },
  },
  {
    name: 'twenty attempts of every kind on one session settle once each and leave nothing',
    clauses: ['LK-2', 'LK-3'],
    async play(scene) {
      const expected: string[] = [];
      for (let epoch = 1; epoch <= 20; epoch += 1) {
        const behaviour = (['accept', 'refuse', 'close', 'hang'] as const)[epoch % 4] ?? 'accept';
        scene.server.next(behaviour);
        const before = scene.server.presented().length;
        scene.attempt(epoch);
        await scene.until('the handshake is there', () => scene.server.presented().length > before);
        if (behaviour === 'hang') continue;
        const word = { accept: 'opened', refuse: 'refused', close: 'failed' }[behaviour];
        expected.push(`${word} ${epoch}`);
        await scene.until(`${word} ${epoch}`, () => scene.told().length >= expected.length);
        if (behaviour !== 'accept' || epoch % 8 === 0) continue;
        await scene.until('the server has accepted it', () => scene.server.accepted() === 1);
        scene.server.drop();
        expected.push(`lost ${epoch}`);
        await scene.until(`lost ${epoch}`, () => scene.told().length >= expected.length);
      }
      await settled(scene, scene.session.close());
      await scene.nothingLeft();
      await scene.quiet();
      scene.expectTold(...expected);
    },
  },
];

/** For links whose server can give back a session that the network broke. */
export const recoveryPlays: readonly Play[] = [
  {
    name: 'a session that the network broke comes back',
    clauses: ['LK-1'],
    async play(scene) {
      await lostAndBack(scene, () => {
        scene.server.drop();
        return scene.until('lost 1', () => scene.told().includes('lost 1'));
      });
      scene.expectSame(scene.heard.at(-1)?.recovered, true, '`recovered` after a loss');
    },
  },
  {
    name: 'a session that a hang-up keeps comes back',
    clauses: ['LK-1'],
    async play(scene) {
      await lostAndBack(scene, async () => scene.session.hangUp(1, { keepSession: true }));
      scene.expectSame(scene.heard.at(-1)?.recovered, true, '`recovered` after a hang-up that keeps it');
    },
  },
  {
    name: 'a session that a hang-up keeps comes back, though a sign of life was asked for',
    clauses: ['LK-1', 'EN-2'],
    async play(scene) {
      let signs = 0;
      await lostAndBack(scene, async () => {
        scene.session.probe?.(() => {
          signs += 1;
        });
        scene.session.hangUp(1, { keepSession: true });
      });
      scene.expectSame(scene.heard.at(-1)?.recovered, true, '`recovered` after a hang-up that keeps it');
      scene.expectSame(signs, 0, 'signs of life');
    },
  },
  {
    name: 'a session that either side said goodbye to does not come back',
    clauses: ['LK-1', 'ID-1'],
    async play(scene) {
      await lostAndBack(scene, async () => scene.session.hangUp(1, { keepSession: false }));
      scene.expectSame(scene.heard.at(-1)?.recovered, false, '`recovered` after a hang-up');
      scene.server.kick();
      await scene.until('lost 2', () => scene.told().includes('lost 2'));
      scene.attempt(3);
      await scene.until('opened 3', () => scene.told().at(-1) === 'opened 3');
      scene.expectSame(scene.heard.at(-1)?.recovered, false, '`recovered` after a kick');
    },
  },
];

async function lostAndBack(scene: Scene, lose: () => Promise<void>): Promise<void> {
  scene.server.next('recover');
  await scene.opened(1);
  // Socket.IO marks events, and gives back no session whose client has not seen a mark.
  scene.server.say('mark', {});
  await scene.until('the mark', () => scene.told().includes('received 1 mark'));
  await lose();
  await scene.nothingLeft();
  scene.attempt(2);
  await scene.until('opened 2', () => scene.told().at(-1) === 'opened 2');
  await scene.until('the server has accepted it', () => scene.server.accepted() === 1);
}

/** A session of its own, closed in this phase. */
async function closedWhile(scene: Scene, phase: 'resting' | 'dialling' | 'hanging'): Promise<void> {
  const told: unknown[] = [];
  const session = scene.another(phase, (heard) => told.push(heard));
  if (phase !== 'resting') session.dial(1);
  if (phase === 'hanging') {
    scene.server.next('hang');
    session.authenticate(1, new Secret(goodAuth));
    await scene.until('the handshake hangs', () => scene.server.presented().length === 1);
  }
  await settled(scene, session.close());
  await scene.nothingLeft();
  scene.expectSame(told, [], 'what a closed session told');
}

async function settled(scene: Scene, closing: Promise<void>): Promise<void> {
  let isSettled = false;
  const note = () => {
    isSettled = true;
  };
  closing.then(note, note);
  await scene.until('close has settled', () => isSettled);
}
