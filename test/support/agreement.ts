import fc from 'fast-check';
import type { ReconnectOptions } from '../../src/index.ts';
import { type Command, commands } from '../../src/testing/index.ts';
import { Chronicle, type Entry } from './chronicle.ts';
import type { RealPlace } from './real-world.ts';
import { simulate } from './simulation.ts';

/** One thing to do; `hastily`: the next one follows in the same tick, if both are the user's. */
export interface Step {
  readonly command: Command;
  readonly hastily?: boolean;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly seed: number;
}

/** What real sockets can be brought to without waiting for them: no pings that stay away, no slow wire. */
export function realPlans(maxLength: number): fc.Arbitrary<Plan> {
  const step = fc.record({
    command: commands({ maxLength: 1, only: isReal }).filter((list) => list.length === 1),
    hastily: fc.boolean(),
  });
  return fc.record({
    steps: fc
      .array(step, { maxLength, size: 'max' })
      .map((list) => list.map(({ command: [command], hastily }) => ({ command: command!, hastily }))),
    seed: fc.nat(0xffff),
  });
}

function isReal(command: Command): boolean {
  if (command.do === 'network') return command.now === 'up' || command.now === 'down';
  return command.do !== 'drop' || command.because !== 'silence';
}

/**
 * Plays the plan in a simulated world and, in step with it, against a real server, and compares everything that either
 * end saw. Both live on virtual clocks, but the sockets are real: the simulation tells what comes next and at what
 * virtual time, and the real world is waited for until it has come, too.
 */
export async function agree({ steps, seed }: Plan, place: RealPlace): Promise<readonly Entry[]> {
  const simulation = simulate(seed, () => simulated.note('a connection opens'));
  const simulated: Chronicle = new Chronicle(simulation.world, { reconnect });
  const real: Chronicle = new Chronicle(
    place.world(seed, () => real.note('a connection opens')),
    { reconnect },
  );
  const done: string[] = [];
  let compared = 0;

  async function follow(): Promise<void> {
    for (; compared < simulated.entries.length; compared += 1) {
      const expected = simulated.entries[compared]!;
      await real.world.clock.advance(Math.max(0, expected.at - real.world.clock.elapsed()));
      await until(() => real.entries.length > compared);
      if (real.entries[compared]?.words !== expected.words) disagree();
      // A server that has not noticed a loss yet has no session to give back.
      if (expected.words.startsWith('status: reconnecting.waiting'))
        await until(() => place.connections === 0);
    }
    await until(() => place.connections === simulation.connections());
    await place.delivered();
    const rest = simulation.world.clock.elapsed() - real.world.clock.elapsed();
    await real.world.clock.advance(Math.max(0, rest));
    if (real.entries.length > compared) disagree();
    await until(() => String(real.promises) === String(simulated.promises));
  }

  async function until(isSo: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + patience;
    while (!isSo()) {
      if (performance.now() > giveUpAt) disagree();
      await new Promise(setImmediate);
    }
  }

  function disagree(): never {
    const rows = Array.from(
      { length: Math.max(simulated.entries.length, real.entries.length) },
      (_, index) => {
        const [here, there] = [simulated.entries[index], real.entries[index]];
        const mark = here?.words === there?.words ? ' ' : '≠';
        return `${mark} ${here?.at ?? ''} ${here?.words ?? '-'}${mark === ' ' ? '' : ` | ${there?.words ?? '-'}`}`;
      },
    );
    const connections = `connections: ${simulation.connections()} | ${place.connections}`;
    const promises = `promises: ${simulated.promises} | ${real.promises}`;
    throw new Error(
      ['simulation | real server', ...done, connections, promises, ...rows.slice(0, compared + 20)].join(
        '\n',
      ),
    );
  }

  try {
    for (const [index, { command, hastily = false }] of steps.entries()) {
      done.push(JSON.stringify(command));
      await simulated.perform(command);
      if (command.do === 'server') place.recovers = command.now === 'recovers';
      if (command.do === 'sleep') await real.world.clock.sleep(command.ms);
      else if (command.do !== 'pass') await real.perform(command);
      const next = steps[index + 1]?.command;
      if (hastily && isOfUser(command) && next !== undefined && isOfUser(next)) continue;
      await place.listening();
      await simulation.arrive();
      await follow();
    }
    await simulation.arrive();
    await follow();
  } finally {
    await Promise.all([simulated.connection.dispose(), real.connection.dispose()]);
    real.world.network = 'up';
    await place.listening();
    await until(() => place.isEmpty);
  }
  await follow();
  return simulated.entries;
}

/** Tight enough that a run comes to every end within its length. */
const reconnect: ReconnectOptions = { maxAttempts: 5, giveUpAfter: 300_000 };

/** Real ms for something real to happen that will. */
const patience = 3_000;

/** What reaches the connection at once in both worlds, so that a second command may follow in the same tick. */
function isOfUser({ do: what }: Command): boolean {
  return ['connect', 'disconnect', 'retry', 'credentialChanged', 'signOut', 'subscribe', 'signal'].includes(
    what,
  );
}
