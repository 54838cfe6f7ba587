/** A list without one of its items. What is empty then is one for all: thousands of lists may have lost their last. */
export function without<T>(list: readonly T[], item: T): readonly T[] {
  const others = list.filter((other) => other !== item);
  return others.length === 0 ? nothing : others;
}

const nothing: readonly never[] = [];
