import fc from 'fast-check';
import { type Command, plans, run } from '../src/testing/index.ts';
import { type Bench, row } from './harness.ts';

const rounds = 7;
const interleavings = 150;

/** How many days of a connection go into a second of `holdfast/testing`, every promise held after each step. */
export const property: Bench = {
  name: 'property',
  title: `random interleavings of up to 60 commands in the simulated world, ${interleavings} a round; by processor time, every promise held after each command`,
  async measure() {
    // Thousands of errors are made, and nobody looks at where.
    Error.stackTraceLimit = 0;
    const found: { runs: number; commands: number; speed: number }[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const sample = fc.sample(plans(), { numRuns: interleavings, seed: 20_261_120 + round });
      const cpuAtStart = process.cpuUsage();
      for (const { commands, ...world } of sample) await run(commands, world);
      const { user, system } = process.cpuUsage(cpuAtStart);
      const seconds = (user + system) / 1e6;
      const played = sample.flatMap(({ commands }) => commands);
      if (round >= 0)
        found.push({
          runs: interleavings / seconds,
          commands: played.length / seconds,
          speed: timeIn(played) / 1_000 / seconds,
        });
    }
    return {
      rows: [
        row(
          'interleavings',
          'a second of the processor',
          found.map(({ runs }) => runs),
        ),
        row(
          'commands',
          'a second of the processor',
          found.map(({ commands }) => commands),
        ),
        row(
          'time that passes in the world, by that of the processor',
          '',
          found.map(({ speed }) => speed),
        ),
      ],
      targets: [],
    };
  },
};

/** Ms that the commands let pass. */
function timeIn(commands: readonly Command[]): number {
  return commands.reduce((sum, command) => sum + (command.do === 'pass' ? command.ms : 0), 0);
}
