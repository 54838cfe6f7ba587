import type { Stats, Status } from '../../src/index.ts';

/** How the tour speaks: in colour where the terminal has it, in plain text everywhere else. */
export function createPrinter(stream: NodeJS.WriteStream = process.stdout) {
  const paint = painter(stream);
  const startedAt = Date.now();
  /** Hints that this chapter has given already. */
  let told = new Set<string>();

  const line = (text = '') => stream.write(`${text}\n`);
  const seconds = (at: number) => `${((at - startedAt) / 1000).toFixed(3).padStart(7)} s`;

  return {
    line,
    headline(number: number, title: string): void {
      told = new Set();
      line(`\n${paint('bold', `${number}. ${title}`)}`);
    },
    before: (sentence: string) => line(`   ${sentence}`),
    after: (sentence: string) => line(`   ${paint('green', '✓')} ${sentence}`),
    happened: (what: string) =>
      line(`   ${paint('dim', seconds(Date.now()))}  ${paint('magenta', `▸ ${what}`)}`),

    /** When, which state and phase, why, and what to do about it. */
    status(status: Status): void {
      const phase = 'phase' in status ? ` · ${status.phase}` : '';
      const name = paint(colours[status.state], `${status.state}${phase}`.padEnd(26));
      line(`   ${paint('dim', seconds(Date.now()))}  ${name} ${detailOf(status, seconds)}`.trimEnd());
      if (!('cause' in status) || told.has(status.cause.code)) return;
      told.add(status.cause.code);
      for (const words of [status.cause.message, `hint: ${status.cause.hint}`]) {
        line(paint('dim', `${' '.repeat(16)}${words}`));
      }
    },

    summary({ attempts, connections, losses, refusals, refreshes, timeIn }: Stats): void {
      line(`\n${paint('bold', 'What the connection counted')}`);
      line(`   attempts     ${attempts}, of which the server accepted ${connections}`);
      line(`   losses       ${tally(losses)}`);
      line(`   refusals     ${tally(refusals)}`);
      line(`   refreshes    ${refreshes}`);
      const times = Object.entries(timeIn).map(([state, ms]) => `${state} ${(ms / 1000).toFixed(1)} s`);
      line(`   time in      ${times.join(' · ')}`);
    },

    failure: (what: string) => line(`\n${paint('red', '✗')} ${what}`),
  };
}

export type Printer = ReturnType<typeof createPrinter>;

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35 } as const;

type Colour = keyof typeof codes;

const colours: Record<Status['state'], Colour> = {
  idle: 'dim',
  authenticating: 'blue',
  connected: 'green',
  reconnecting: 'yellow',
  'auth-failed': 'red',
  exhausted: 'red',
};

/** A pipe gets no colour, nor does who set NO_COLOR (https://no-color.org). */
function painter(stream: NodeJS.WriteStream): (colour: Colour, text: string) => string {
  const isWanted = stream.isTTY && stream.hasColors() && !process.env['NO_COLOR'];
  return isWanted ? (colour, text) => `\x1b[${codes[colour]}m${text}\x1b[0m` : (_, text) => text;
}

function detailOf(status: Status, seconds: (at: number) => string): string {
  switch (status.state) {
    case 'idle':
      return status.reason;
    case 'authenticating':
    case 'connected':
      return status.identity;
    case 'reconnecting': {
      const when = status.retryAt === null ? '' : ` at ${seconds(status.retryAt).trim()}`;
      return `attempt ${status.attempt}${when}, after ${status.cause.code}`;
    }
    case 'auth-failed':
      return status.cause.code;
    case 'exhausted':
      return `${status.attempts} attempts, the last: ${status.cause.code}`;
  }
}

function tally(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([code, count]) => `${code} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(' · ');
}
