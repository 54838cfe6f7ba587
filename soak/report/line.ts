import type { Figures } from '../watch.ts';

/** One line of figures, and the line of names above it: no more than 100 columns. */
interface Column {
  readonly name: string;
  readonly width: number;
  readonly value: (figures: Figures) => string;
}

/** Losses have more causes than a line has room for: these have a column each. */
const causes = {
  'transport-closed': 'cut',
  'ping-timeout': 'mute',
  expired: 'expd',
  draining: 'drain',
} as const;

const columns: readonly Column[] = [
  { name: 'time', width: 6, value: ({ elapsed }) => clock(elapsed) },
  { name: 'live', width: 9, value: ({ live, clients }) => `${live}/${clients}` },
  ...Object.entries(causes).map(([cause, name]) => ({
    name,
    width: 5,
    value: ({ losses }: Figures) => short(losses[cause] ?? 0),
  })),
  { name: 'other', width: 5, value: ({ losses }) => short(otherLosses(losses)) },
  { name: 'sent', width: 5, value: ({ sent }) => short(sent) },
  { name: 'ackd', width: 5, value: ({ acknowledged }) => short(acknowledged) },
  { name: 'not', width: 5, value: ({ turnedDown }) => short(turnedDown) },
  { name: 'came', width: 5, value: ({ received }) => short(received) },
  { name: 'miss', width: 4, value: ({ missing }) => short(missing) },
  { name: 'twice', width: 5, value: ({ twice }) => short(twice) },
  { name: 'heap', width: 5, value: ({ heap }) => megabytes(heap) },
  { name: 'nodes', width: 5, value: ({ rss }) => megabytes(rss) },
  { name: 'lag', width: 4, value: ({ lag }) => short(Math.round(lag)) },
];

export const legend = `links lost: cut, mute (no ping came), expd (the token was over), drain, other
messages: sent, ackd, not acknowledged, came to clients, missing, twice
MB: heap of the clients, resident memory of the nodes; ms: worst lag of a loop, collections included`;

export const heading = columns.map(({ name, width }) => name.padStart(width)).join(' ');

export function lineOf(figures: Figures): string {
  return columns.map(({ width, value }) => value(figures).padStart(width)).join(' ');
}

/** No more than five characters. */
export function short(count: number): string {
  if (count < 10_000) return String(count);
  if (count < 99_950) return `${(count / 1e3).toFixed(1)}k`;
  if (count < 999_500) return `${Math.round(count / 1e3)}k`;
  return count < 99_950_000 ? `${(count / 1e6).toFixed(1)}M` : `${Math.round(count / 1e6)}M`;
}

export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}h${two(minutes)}m` : `${minutes}:${two(seconds % 60)}`;
}

export function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

function otherLosses(losses: Figures['losses']): number {
  return Object.entries(losses).reduce((all, [cause, count]) => all + (cause in causes ? 0 : count), 0);
}
