import fc from 'fast-check';
import type { Status } from '../../src/status.ts';
import {
  type Command,
  commands,
  createVirtualClock,
  type RunOptions,
  settlePromises,
  stage,
  type VirtualClock,
} from '../../src/testing/index.ts';

/** What happens in one race, but for the order, which is the scheduler's. */
export interface Race {
  /** One after the other, with anything in between. */
  readonly commands: readonly Command[];
  /** What the app does because of a status that it saw, but not at once: one for each of the first changes. */
  readonly afterthoughts: readonly Command[];
  readonly seed: number;
  readonly isRude: boolean;
}

export const races: fc.Arbitrary<Race> = fc.record({
  commands: withoutTime(commands({ maxLength: 24 })),
  afterthoughts: withoutTime(commands({ maxLength: 5 })),
  seed: fc.nat(0xffff),
  isRude: fc.boolean(),
});

/** What messages, rooms and catching up are about; whoever is away comes back by themselves. */
const ofMessages: ReadonlySet<Command['do']> = new Set([
  'send',
  'join',
  'leave',
  'post',
  'messages',
  'sync',
  'drop',
  'signOut',
  'connect',
  'disconnect',
  'retry',
]);

/** Races on a server that lets everybody in, so that most of what races is messages. */
export const messageRaces: fc.Arbitrary<Race> = fc
  .record({
    commands: commands({ maxLength: 24, only: isOfMessages }),
    afterthoughts: commands({ maxLength: 4, only: isOfMessages }),
    seed: fc.nat(0xffff),
    isRude: fc.boolean(),
  })
  .map((race) => ({ ...race, commands: [{ do: 'connect', as: 'alice' }, ...race.commands] }));

function isOfMessages(command: Command): boolean {
  if (command.do === 'server') return command.now === 'accepts' || command.now === 'recovers';
  return ofMessages.has(command.do);
}

/** Things that may happen in one race; what goes on for ever is cut off here, and healed. */
const longest = 120;

/**
 * Plays a race: provider answers, link words, timers, the user and the app each wait for the scheduler to let them
 * happen. Holds every invariant after each, then heals the world, lets time pass in order and looks for life.
 */
export async function runRace(
  scheduler: fc.Scheduler,
  race: Race,
  options: RunOptions = {},
): Promise<readonly Status[]> {
  const { commands, afterthoughts, seed, isRude } = race;
  let happened: Promise<void> | null = null;

  /** Something that waits to happen. */
  function enter(label: string, act: () => void | Promise<void>): void {
    void scheduler.schedule(Promise.resolve(), label).then(() => {
      happened = (async () => act())();
    });
  }

  const clock = createRaceClock(enter, (label) => play.look(label));
  const play = stage({ ...options, seed, isRude, clock, defer: clock.defer, defersAnswers: true });

  function command(index: number): void {
    const next = commands[index];
    if (next === undefined) return;
    enter(JSON.stringify(next), async () => {
      await play.step(next);
      command(index + 1);
    });
  }

  const left = [...afterthoughts];
  play.connection.subscribe(() => {
    const next = left.shift();
    if (next !== undefined) enter(`afterthought ${JSON.stringify(next)}`, () => play.step(next));
  });

  command(0);
  for (let count = 0; count < longest && scheduler.count() > 0; count += 1) {
    await scheduler.waitNext(1);
    await settlePromises();
    await happened;
    happened = null;
  }
  clock.endRace();
  await play.finish();
  return play.statuses;
}

interface RaceClock extends VirtualClock {
  defer(label: string, ms: number, act: () => void): void;
  /** From here on time passes in order, also for what was left waiting. */
  endRace(): void;
}

/**
 * A clock whose timers may be late by any time, and overtake each other, but are never early: whichever is let happen
 * takes the time along to where it was due.
 */
function createRaceClock(
  enter: (label: string, act: () => Promise<void>) => void,
  look: (label: string) => void,
): RaceClock {
  const clock = createVirtualClock();
  let isRacing = true;

  function set(label: string, act: () => void, ms: number): unknown {
    let isWaiting = true;
    const id = clock.setTimeout(() => {
      isWaiting = false;
      act();
    }, ms);
    enter(label, async () => {
      clock.fire(id);
      // A timer that was cleared does nothing: there is nothing to look at.
      if (isWaiting) return;
      await settlePromises();
      look(label);
    });
    return id;
  }

  return {
    get pending() {
      return clock.pending;
    },
    now: clock.now,
    elapsed: clock.elapsed,
    awake: clock.awake,
    adjust: clock.adjust,
    fire: clock.fire,
    clearTimeout: clock.clearTimeout,
    setTimeout: (callback, ms) => set(`a timer of ${ms} ms`, callback, ms),
    defer: (label, ms, act) => void set(label, act, ms),
    advance: (ms) => (isRacing ? settlePromises() : clock.advance(ms)),
    sleep: (ms) => (isRacing ? settlePromises() : clock.sleep(ms)),
    endRace() {
      isRacing = false;
    },
  };
}

function withoutTime(sequence: fc.Arbitrary<Command[]>): fc.Arbitrary<Command[]> {
  return sequence.map((list) => list.filter((each) => each.do !== 'pass' && each.do !== 'sleep'));
}
