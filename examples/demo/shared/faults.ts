/** What the page may have done to it, by `POST /faults/NAME`. What is for one tab touches no other. */
export const faults = [
  // On the way between this tab and the server.
  'cut',
  'silence',
  // To the server's process, for everybody.
  'kill',
  'restart',
  // By the server: to everybody, and from there on to this tab.
  'drain',
  'expire',
  'refuse-credential',
  'supersede',
  'forbid',
  'lose-answer',
  'refuse-message',
] as const;

export type Fault = (typeof faults)[number];

export function isFault(name: unknown): name is Fault {
  return (faults as readonly unknown[]).includes(name);
}

/** What the server saw of a tab, or of itself. */
export interface Sighting {
  /** Epoch ms. */
  readonly at: number;
  readonly what: string;
}
