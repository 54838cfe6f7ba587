import { median } from '../../bench/harness.ts';
import { type KeptReal, type RealRound, ratiosOfRounds } from '../../bench/herd/kept-real.ts';
import { table } from '../table.ts';
import { ratio, seconds } from './words.ts';

/** Each round with real clients, and what the simulation says of the same case. */
export function realTable({ rounds }: KeptReal): string {
  const rows = rounds.flatMap(({ clients, load, herds }, index) =>
    herds.map(({ name, away, found, simulated }) => [
      `${index + 1}`,
      clients.toLocaleString('en'),
      load.toFixed(1),
      name,
      seconds(away / 1_000),
      ...[0, 1, 2].map((share) => `${seconds(found[share] ?? null)} (${seconds(simulated[share] ?? null)})`),
    ]),
  );
  return table(['round', 'clients', 'load', '', 'away', '50 % back', '95 % back', '99.9 % back'], rows);
}

/** Ours as parts of socket.io's times, in the median of the rounds, least to most, and simulated. */
export function realRatios({ rounds }: KeptReal): string {
  const sizes = [...new Set(rounds.map(({ clients }) => clients))];
  const rows = sizes.flatMap((clients) => {
    const same = rounds.filter((round) => round.clients === clients);
    const names = same[0]?.herds.slice(1).map(({ name }) => name) ?? [];
    return names.map((name) => [
      clients.toLocaleString('en'),
      `${same.length}`,
      name,
      ...[0, 1, 2].map((share) => ratioCell(same, name, share)),
    ]);
  });
  return table(['clients', 'rounds', '', '50 % back', '95 % back', '99.9 % back'], rows);
}

/** Rows of README: the ratios of ours without the server's help, by number of clients. */
export function realPromises({ rounds }: KeptReal): string[][] {
  const sizes = [...new Set(rounds.map(({ clients }) => clients))];
  return sizes.map((clients) => {
    const same = rounds.filter((round) => round.clients === clients);
    const ratios = ratiosOfRounds(same, 'holdfast', 'found');
    const medians = [1, 2].map((share) => ratio(median(ratios.map((of) => of[share] ?? Number.NaN))));
    const number = clients.toLocaleString('en');
    return [
      `${number} real clients of a server that is killed, beside socket.io-client`,
      '95 and 99.9 % back no later',
      `at ${medians.join(' and ')} of its time (median of ${same.length} rounds)`,
      `\`npm run bench -- herd-real --clients ${clients}\``,
    ];
  });
}

function ratioCell(rounds: readonly RealRound[], name: string, share: number): string {
  const of = (key: 'found' | 'simulated') =>
    ratiosOfRounds(rounds, name, key).map((ratios) => ratios[share] ?? Number.NaN);
  const [found, simulated] = [of('found'), of('simulated')];
  const spread = found.length > 1 ? `, ${ratio(Math.min(...found))} to ${ratio(Math.max(...found))}` : '';
  return `${ratio(median(found))}${spread} (${ratio(median(simulated))})`;
}
