/**
 * The known name that someone who wrote `name` most likely meant, or `undefined` when none is near.
 * Counts slips of the hand: a letter too many, too few, wrong, or two swapped. Case does not count.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = mostSlips(name) + 1;
  for (const candidate of known) {
    const slips = distance(name.toLowerCase(), candidate.toLowerCase());
    if (slips < fewest) [best, fewest] = [candidate, slips];
  }
  return best;
}

/** A third of the letters: `pth` is `path`, but `foo` is nothing that we know. */
function mostSlips(name: string): number {
  return Math.min(3, Math.max(1, Math.floor(name.length / 3)));
}

/** Damerau and Levenshtein's distance (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
