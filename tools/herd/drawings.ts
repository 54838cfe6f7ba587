import { type Client, capacities, type Help, outages, schedules } from '../../bench/herd/grid.ts';
import type { Curve, Kept } from '../../bench/herd/kept.ts';
import { type Figure, figureFile, type Panel, type Series } from './plot.ts';
import { placeOf } from './words.ts';

/** The plots of `docs/herd.md`, by file. */
export function drawingsOf(kept: Kept): { readonly path: string; readonly text: string }[] {
  return Object.entries(figures).map(([name, figure]) => ({
    path: imagePath(name as keyof typeof figures),
    text: figureFile(figure(kept)),
  }));
}

export function imagePath(name: keyof typeof figures): string {
  return `docs/images/herd-${name}.svg`;
}

const seriesOf: Record<Client, Series> = {
  holdfast: 'a',
  'socket.io': 'b',
  Ably: 'c',
  Phoenix: 'd',
  Centrifuge: 'e',
};

const clients = Object.keys(schedules).toReversed() as Client[];
const ended = outages.filter((outage) => outage > 0);

const figures = {
  arrivals: (kept: Kept): Figure => ({
    title: 'Without help: handshakes that reach the server within a second, of all clients',
    ...everybody(kept, ended, 'none', 'rates'),
  }),
  back: (kept: Kept): Figure => ({
    title: 'Without help: clients that are back',
    ...everybody(kept, ended, 'none', 'back'),
  }),
  drain: (kept: Kept): Figure => ({
    title: 'With drain(): handshakes that reach the server within a second, of all clients',
    ...everybody(kept, outages, 'drain', 'rates'),
  }),
  admission: (kept: Kept): Figure => ({
    title: 'With admission(): handshakes within a second, and clients that are back',
    legend: [
      { series: 'a', name: 'holdfast, admission()' },
      { series: 'e', name: 'holdfast, drain()' },
      { series: 'd', name: 'holdfast alone' },
      { series: 'b', name: 'socket.io' },
    ],
    rows: ended.map((outage) =>
      (
        [
          ['rates', 10],
          ['back', 10],
          ['rates', 100],
        ] as const
      ).map(([key, capacity]): Panel => {
        const line = (series: Series, client: Client, help: Help) =>
          lineOf(series, curveOf(kept, { client, outage, capacity, help }), key);
        return {
          title: `${key === 'rates' ? 'handshakes' : 'back'}: ${placeOf({ outage, capacity })}`,
          seconds: secondsOf(capacity),
          mark: key === 'rates' ? 1 / capacity : undefined,
          lines: [
            line('b', 'socket.io', 'none'),
            line('d', 'holdfast', 'none'),
            line('e', 'holdfast', 'drain'),
            line('a', 'holdfast', 'admission'),
          ],
        };
      }),
    ),
  }),
};

function everybody(
  kept: Kept,
  lengths: readonly number[],
  help: Help,
  key: 'rates' | 'back',
): Pick<Figure, 'legend' | 'rows'> {
  const rows = lengths.map((outage) =>
    capacities.map(
      (capacity): Panel => ({
        title: placeOf({ outage, capacity }),
        seconds: secondsOf(capacity),
        mark: key === 'rates' && capacity !== null ? 1 / capacity : undefined,
        // Ours is the last, and so on top.
        lines: clients
          .toReversed()
          .map((client) => lineOf(seriesOf[client], curveOf(kept, { client, outage, capacity, help }), key)),
      }),
    ),
  );
  return { legend: clients.map((name) => ({ series: seriesOf[name], name })), rows };
}

function lineOf(series: Series, curve: Curve, key: 'rates' | 'back') {
  return { series, step: curve.step, values: curve[key] };
}

function secondsOf(capacity: number | null): number {
  return capacity === 100 ? 120 : 30;
}

function curveOf(
  kept: Kept,
  { client, outage, capacity, help }: Omit<Curve, 'step' | 'rates' | 'back'>,
): Curve {
  const found = kept.curves.find(
    (curve) =>
      curve.client === client &&
      curve.outage === outage &&
      curve.capacity === capacity &&
      curve.help === help,
  );
  if (found === undefined) throw new Error(`The kept run has no course of ${client}, ${outage} ms, ${help}.`);
  return found;
}
