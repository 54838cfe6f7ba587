import { admissionGoals, admissions, comparisons, goals } from '../../bench/herd/goals.ts';
import type { Kept } from '../../bench/herd/kept.ts';
import type { KeptReal } from '../../bench/herd/kept-real.ts';
import { lengthsTable, neighboursTable } from './choice.ts';
import { imagePath } from './drawings.ts';
import { method } from './method.ts';
import { realRatios, realTable } from './real.ts';
import { admissionTable, figuresTable, goalsTable } from './tables.ts';
import { ratio } from './words.ts';

/** `docs/herd.md`: the question, how it was looked into, and what came out, of the runs that are kept. */
export function herdPage(kept: Kept, real: KeptReal | null): string {
  return `${[
    '# The herd',
    'Made by `npm run herd` from the runs in `bench/results/`; do not edit.',
    `A server restarts, and ${kept.clients.toLocaleString('en')} clients lose it at one moment. When it is back they all ` +
      'come. How many ask within one second, how often is each turned away, and when are they back? It depends on when ' +
      'each client tries again, and on what the server says to those for whom it has no room.',
    '## In short',
    inShort(kept),
    ...method(kept),
    '## Without the server’s help',
    ...alone(kept),
    '## With `drain()`',
    image(
      'drain',
      'Handshakes within a second after a drain, for five clients, five outages and three capacities',
    ),
    'The server says goodbye to one after another for 10 s before it ends. Where other nodes stay, they get their clients ' +
      'one after another. Where none is there, a drain pulls the herd apart before the outage begins, which helps the ' +
      'clients without jitter most. What a client does of itself with the `retryAfter` in the goodbye, only ours does; ' +
      'the others see a lost link.',
    ...perCapacity(kept, 'drain'),
    '## With `admission()`',
    ...admission(kept),
    '## Why these defaults',
    ...choice(kept),
    '## Outages of other lengths',
    `${kept.few.toLocaleString('en')} clients, no limit. Nobody is in anybody's way there, so these are also the times ` +
      'of a single client whose server restarts.',
    lengthsTable(kept),
    '## Real clients',
    ...realClients(real),
  ].join('\n\n')}\n`;
}

function inShort(kept: Kept): string {
  const found = comparisons(kept.cells);
  const limited = found.filter(({ capacity }) => capacity !== null);
  const open = found.filter(({ capacity }) => capacity === null);
  const reached = (places: readonly { readonly isReached: boolean }[]) =>
    `${places.filter(({ isReached }) => isReached).length} of ${places.length}`;
  const helped = admissions(kept.cells);
  const most = (values: readonly number[]) => ratio(Math.max(...values));
  return [
    `- The goal without help: a peak of at most ${goals.peak} of that of socket.io's default, 95 % back within ` +
      `${goals.most} of its time and 99.9 % within ${goals.nearlyAll}. Before a server with a limit it is reached in ` +
      `${reached(limited)} places, before one without a limit in ${reached(open)}.`,
    `- The peak is at most ${most(found.map(({ peak }) => peak))} of socket.io's in all of them. What is missed are the ` +
      'times before a server without a limit, and there part of the goal contradicts itself: see below.',
    `- The goal with \`admission()\`: 95 % back within ${admissionGoals.most} × clients ÷ capacity, and from a second on ` +
      `at most ${admissionGoals.peak} × capacity let in a second. Reached in ${reached(helped)} places, with at most ` +
      `${most(helped.map((place) => place.most))} and ${most(helped.map(({ admitted }) => admitted))}.`,
    '- Ladders without jitter come in lockstep: all Phoenix clients at once, and all of those that were turned away at ' +
      'once again, every 5 s.',
  ].join('\n');
}

function alone(kept: Kept): string[] {
  return [
    image('arrivals', 'Handshakes within a second, for five clients, four outages and three capacities'),
    image('back', 'Clients that are back, for the same'),
    'holdfast as parts of what socket.io’s default does in the same place:',
    goalsTable(kept),
    '"95 % at best" is what a herd would need for 95 % that comes as evenly as it can at the peak that the goal allows, and ' +
      `not a single handshake more. Where that is above ${goals.most}, no schedule reaches the goal; where it is a little ` +
      'below, only one that knows when the server is back. socket.io is early there because it asks more often: its peak is ' +
      'what that costs.',
    ...perCapacity(kept, 'none'),
  ];
}

function perCapacity(kept: Kept, help: 'none' | 'drain'): string[] {
  return [
    '### No limit',
    figuresTable(kept, null, help),
    '### Room for all in 10 s',
    figuresTable(kept, 10, help),
    '### Room for all in 100 s',
    figuresTable(kept, 100, help),
  ];
}

function admission(kept: Kept): string[] {
  return [
    image('admission', 'Handshakes and clients that are back with admission(), with drain() and alone'),
    'Whoever finds no room is given a slot of its own, and comes back to the millisecond. "95 % back" is a part of clients ÷ ' +
      'capacity; what is let in, comes again and asks is the most within a second, from a second after the first on, as a ' +
      'part of the capacity.',
    admissionTable(kept),
    'What asks is more than what is let in, since everybody asks once before the server can tell them anything: that first ' +
      'wave is the schedule’s own, the same as without help. Who was told a slot never comes in a wave again. Other clients ' +
      'do not read the slot, and for them admission is a limit like any other.',
  ];
}

function choice(kept: Kept): string[] {
  const { first, base, factor, cap } = kept.policy;
  const s = (ms: number) => `${ms / 1_000} s`;
  return [
    `The defaults are \`first\` ${s(first)}, \`base\` ${s(base)}, \`factor\` ${factor}, \`cap\` ${s(cap)}: the first delay ` +
      `lies in [0, ${s(first)}], the second in [0, ${s(base)}], the third in [${s((base * factor) / 2)}, ` +
      `${s(base * factor)}], all later ones in [${s(cap / 2)}, ${s(cap)}]. ` +
      '[Decision 20](decisions/0020-half-of-a-late-wait-is-fixed.md) says why. What was tried beside them, with ' +
      `${kept.few.toLocaleString('en')} clients:`,
    neighboursTable(kept),
  ];
}

function realClients(real: KeptReal | null): string[] {
  if (real === null)
    return ['Not measured yet with these defaults: `npm run bench -- herd-real --clients 10000 --keep`.'];
  return [
    'The same in the small: real clients over real sockets, a server that is killed, and 3 s later another one with room for ' +
      `all in ${real.capacity} s (\`npm run bench -- herd-real --clients 10000 --keep\`; each such run adds a round). Clients ` +
      'and servers share one machine, so "load" says how many processes wanted to run in the minute before the round. In ' +
      'brackets is what the simulation says of the same case.',
    'As parts of socket.io’s times in the same round, in the median of the rounds and from least to most:',
    realRatios(real),
    'The times themselves:',
    realTable(real),
    'Each client is back when its handshake is accepted. With a limit the server closes the connection of whoever comes ' +
      'beside it, before anything is read; with `admission()` it refuses with a slot.',
    'An attempt that fails costs a process more with holdfast, which has a chart and a status to keep, than with socket.io ' +
      'alone. A user’s machine makes one every few seconds; one that plays thousands of users and has other work besides ' +
      '(the load) is behind with them, and then ours come later than simulated, all by about the same time.',
  ];
}

function image(name: Parameters<typeof imagePath>[0], words: string): string {
  return `![${words}](${imagePath(name).replace('docs/', '')})`;
}
