/** One or two nodes at a time, and what came of it; times in epoch ms. */
export interface Kill {
  readonly at: number;
  readonly nodes: readonly string[];
  /** When the last client that it cut off was live again. */
  liveAt: number;
  /** For how long, in ms, a node was wrong at most about somebody whom it had moved: since the kill or that one's last move. */
  wrongFor: number;
}

/** Which nodes die at each kill: in turns, so that every node does; now and then two at once, but never all of several. */
export function* victims(nodes: number, random: () => number): Generator<readonly number[], never> {
  for (let kill = 0; ; kill += 1) {
    const first = kill % nodes;
    const takesTwo = nodes > 2 && kill % 4 === 3;
    const others = Array.from({ length: nodes }, (_, node) => node).filter((node) => node !== first);
    yield takesTwo ? [first, others[Math.floor(random() * others.length)] ?? first] : [first];
  }
}
