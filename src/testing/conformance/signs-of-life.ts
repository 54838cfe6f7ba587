import type { Play, Scene } from './scene.ts';

/** What a link that can ask for a sign of life does about it. */
export const signPlays: readonly Play[] = [
  {
    name: 'a sign of life comes for every question, and the server hears and sees nothing of it',
    clauses: ['EN-2'],
    async play(scene) {
      await scene.opened(1);
      const presented = scene.server.presented().length;
      for (let n = 1; n <= 5; n += 1) {
        const signs = ask(scene);
        await scene.until(`sign ${n}`, () => signs.length === 1);
      }
      await scene.quiet();
      scene.expectSame(scene.server.heard(), [], 'what the server heard');
      scene.expectSame(scene.server.presented().length, presented, 'handshakes');
      scene.expectSame([scene.server.accepted(), scene.server.connections()], [1, 1], 'links');
      scene.expectTold('opened 1');
    },
  },
  {
    name: 'a sign of life comes once, for who asked last',
    clauses: ['EN-2'],
    async play(scene) {
      await scene.opened(1);
      const [first, last] = [ask(scene), ask(scene)];
      await scene.until('a sign', () => last.length > 0);
      const again = ask(scene);
      await scene.until('another sign', () => again.length > 0);
      await scene.quiet();
      scene.expectSame([first.length, last.length, again.length], [0, 1, 1], 'signs');
    },
  },
  {
    name: 'no sign of life comes while nothing is open',
    clauses: ['EN-2', 'LK-2'],
    async play(scene) {
      const signs = ask(scene);
      const askAgain = () => scene.session.probe?.(() => signs.push('sign'));
      await scene.hanging(1);
      askAgain();
      scene.session.hangUp(1, { keepSession: false });
      askAgain();
      await scene.session.close();
      askAgain();
      await scene.nothingLeft();
      await scene.quiet();
      scene.expectSame(signs, [], 'signs');
      scene.expectTold();
    },
  },
  {
    name: 'no sign of life comes after the link: by hang-up, new dial and close; and none of one link for another',
    clauses: ['EN-2', 'LK-2'],
    async play(scene) {
      const ends: (() => unknown)[] = [
        () => scene.session.hangUp(1, { keepSession: false }),
        () => scene.session.hangUp(2, { keepSession: true }),
        () => scene.session.dial(4),
        () => scene.session.close(),
      ];
      for (const [index, end] of ends.entries()) {
        const epoch = index === 3 ? 5 : index + 1;
        await scene.opened(epoch);
        const before = ask(scene);
        await scene.until('a sign', () => before.length === 1);
        const signs = ask(scene);
        end();
        const told = scene.told();
        if (index !== 2) await scene.nothingLeft();
        await scene.quiet();
        scene.expectSame(signs, [], `signs of link ${epoch}`);
        scene.expectTold(...told);
      }
    },
  },
  {
    name: 'a link that is asked is lost as any other: once, with nothing left, and no sign after it',
    clauses: ['EN-2', 'LK-3'],
    async play(scene) {
      for (const [index, end] of ['drop', 'kick'].entries()) {
        const epoch = index + 1;
        await scene.opened(epoch);
        let isLost = false;
        let isLate = false;
        scene.session.probe?.(() => {
          isLate = isLost;
        });
        scene.react = ({ kind }) => {
          if (kind === 'lost') isLost = true;
        };
        if (end === 'drop') scene.server.drop();
        else scene.server.kick();
        await scene.until(`lost ${epoch}`, () => isLost);
        await scene.nothingLeft();
        await scene.quiet();
        scene.expectThat(!isLate, 'a sign came after the loss');
      }
      scene.expectTold('opened 1', 'lost 1', 'opened 2', 'lost 2');
    },
  },
  {
    name: 'what throws when it is told of a sign of life breaks nothing',
    clauses: ['EN-2', 'LC-13'],
    async play(scene) {
      await scene.opened(1);
      let isTold = false;
      scene.session.probe?.(() => {
        isTold = true;
        throw new Error('a defect of who asked');
      });
      await scene.until('a sign', () => isTold);
      const signs = ask(scene);
      await scene.until('another sign', () => signs.length === 1);
      scene.expectTold('opened 1');
    },
  },
];

/** Asks; gives the list that the sign goes into. */
function ask(scene: Scene): string[] {
  const signs: string[] = [];
  const { session } = scene;
  scene.expectThat(
    session.probe !== undefined,
    'there is no `probe`: pass `{ probes: false }` if none is meant',
  );
  session.probe?.(() => signs.push('sign'));
  return signs;
}
