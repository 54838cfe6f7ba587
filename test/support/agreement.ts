import type { Command } from '../../src/testing/index.ts';
import { Chronicle, type ChronicleOptions, type Entry } from './chronicle.ts';
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

/**
 * How the real world goes along with the simulated one. `in step`: both live on virtual clocks, the simulation tells
 * what comes next and at what virtual time, and everything that either end saw is compared. `in real time`: a second
 * of the real world's clock is a real millisecond, nobody waits for anybody, every step is played until it comes to
 * rest, and the statuses are compared.
 */
export type Pace = 'in step' | 'in real time';

/** Plays the plan in a simulated world and against a real server. Throws where they differ, with both stories. */
export async function agree(
  { steps, seed }: Plan,
  place: RealPlace,
  pace: Pace = 'in step',
): Promise<readonly Entry[]> {
  const isInStep = pace === 'in step';
  const simulation = simulate(seed, () => simulated.note('a connection opens'));
  const simulated: Chronicle = new Chronicle(simulation.world, options[pace]);
  const real: Chronicle = new Chronicle(
    place.world(seed, () => real.note('a connection opens')),
    options[pace],
  );
  const { clock } = real.world;
  const visible = ({ entries }: Chronicle) => (isInStep ? entries : statusesOf(entries));
  const done: string[] = [];
  let compared = 0;
  let pacedAt = performance.now();

  /** Lets the real world come to where the simulated one is. */
  async function follow(): Promise<void> {
    for (const expected of visible(simulated).slice(compared)) {
      if (isInStep) await clock.advance(Math.max(0, expected.at - clock.elapsed()));
      await until(() => visible(real).length > compared);
      if (visible(real)[compared]?.words !== expected.words) disagree();
      compared += 1;
      // A server that has not noticed a loss yet has no session to give back.
      const isLost = expected.words.startsWith('status: reconnecting.waiting');
      if (isInStep && isLost) await until(() => place.connections === 0);
    }
    // One that is still on its way would meet the server as the next step leaves it.
    await until(() => openedIn(real) >= openedIn(simulated));
    await until(() => place.connections === simulation.connections());
    await place.delivered();
    if (isInStep) await clock.advance(Math.max(0, simulation.world.clock.elapsed() - clock.elapsed()));
    if (visible(real).length > compared) disagree();
    await until(() => String(real.promises) === String(simulated.promises));
  }

  async function until(isSo: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + patience;
    while (!isSo()) {
      const now = performance.now();
      if (now > giveUpAt) disagree();
      await new Promise(setImmediate);
      if (!isInStep) await clock.advance((now - pacedAt) * 1_000);
      pacedAt = now;
    }
  }

  function disagree(): never {
    const connections = `connections: ${simulation.connections()} | ${place.connections}`;
    const promises = `promises: ${simulated.promises} | ${real.promises}`;
    const rows = sideBySide(visible(simulated), visible(real)).slice(0, compared + 20);
    throw new Error(['simulation | real server', ...done, connections, promises, ...rows].join('\n'));
  }

  async function settle(): Promise<void> {
    await place.listening();
    await simulation.arrive();
    if (!isInStep) {
      await simulation.world.clock.advance(untilRest);
      await simulation.arrive();
    }
    pacedAt = performance.now();
    await follow();
  }

  try {
    for (const [index, { command, hastily = false }] of steps.entries()) {
      done.push(JSON.stringify(command));
      await simulated.perform(command);
      if (command.do === 'server') place.recovers = command.now === 'recovers';
      if (command.do === 'sleep') await clock.sleep(command.ms);
      else if (command.do !== 'pass') await real.perform(command);
      const next = steps[index + 1]?.command;
      if (!(hastily && mayHurry(command) && next !== undefined && isOfUser(next))) await settle();
    }
  } finally {
    await Promise.all([simulated.connection.dispose(), real.connection.dispose()]);
    real.world.network = 'up';
    await place.listening();
    await until(() => place.isEmpty);
  }
  await follow();
  return simulated.entries;
}

const options: Record<Pace, ChronicleOptions> = {
  // Tight enough that a run comes to every end within its length.
  'in step': { reconnect: { maxAttempts: 5, giveUpAfter: 300_000 } },
  // What is measured in real time here must never be the machine's own deadline.
  'in real time': {
    reconnect: { maxAttempts: 4, giveUpAfter: Number.POSITIVE_INFINITY, stableAfter: 1e9 },
    credentialTimeout: 1e9,
    handshakeTimeout: 1e9,
  },
};

/** Longer than four attempts can take, with the waits that anybody asks for. */
const untilRest = 300_000;

/** Real ms for something real to happen that will. */
const patience = 3_000;

/** What reaches the connection at once in both worlds, so that a second command may follow in the same tick. */
function isOfUser({ do: what }: Command): boolean {
  return ['connect', 'disconnect', 'retry', 'credentialChanged', 'signOut', 'subscribe', 'signal'].includes(
    what,
  );
}

/** A server that has not noticed yet that a page was put away has no session to give back. */
function mayHurry(command: Command): boolean {
  return isOfUser(command) && !(command.do === 'signal' && command.now === 'suspended');
}

function openedIn({ entries }: Chronicle): number {
  return entries.filter(({ words }) => words === 'a connection opens').length;
}

/** Without those that differ from the one before in nothing but times. */
function statusesOf(entries: readonly Entry[]): readonly Entry[] {
  const statuses = entries.filter(({ words }) => words.startsWith('status'));
  return statuses.filter(({ words }, index) => words !== statuses[index - 1]?.words);
}

function sideBySide(simulated: readonly Entry[], real: readonly Entry[]): string[] {
  return Array.from({ length: Math.max(simulated.length, real.length) }, (_, index) => {
    const [here, there] = [simulated[index], real[index]];
    const both = `${here?.at ?? ''} ${here?.words ?? '-'}`;
    return here?.words === there?.words ? `  ${both}` : `≠ ${both} | ${there?.words ?? '-'}`;
  });
}
