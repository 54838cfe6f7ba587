import { expect, test } from 'vitest';
import { Hot } from '../../src/hot.ts';

function hear(hot: Hot<number>, name: string, seen: string[]) {
  return hot.observable().subscribe({
    next: (value) => seen.push(`${name}${value}`),
    complete: () => seen.push(`${name} completed`),
  });
}

test('[MS-1] tells whoever listens at that time, in the order in which they came', () => {
  const hot = new Hot<number>();
  const seen: string[] = [];
  hot.next(1);
  expect(hot.isObserved).toBe(false);
  const first = hear(hot, 'a', seen);
  hear(hot, 'b', seen);
  hot.next(2);
  first.unsubscribe();
  hot.next(3);
  expect(seen).toEqual(['a2', 'b2', 'b3']);
  expect(hot.isObserved).toBe(true);
});

test('[MS-1, LC-12] who comes in the middle of it hears the next, who leaves hears no more', () => {
  const hot = new Hot<number>();
  const seen: string[] = [];
  hot.observable().subscribe((value) => {
    if (value !== 1) return;
    hear(hot, 'late', seen);
    leaving.unsubscribe();
  });
  const leaving = hear(hot, 'leaving', seen);
  hot.next(1);
  expect(seen).toEqual([]);
  hot.next(2);
  expect(seen).toEqual(['late2']);
});

test('[LC-10] completes those who listen and those who come later, and tells nothing more', () => {
  const hot = new Hot<number>();
  const seen: string[] = [];
  const early = hear(hot, 'early', seen);
  hot.complete();
  hot.next(1);
  hot.complete();
  hear(hot, 'late', seen);
  expect(seen).toEqual(['early completed', 'late completed']);
  expect([hot.isObserved, early.closed]).toEqual([false, true]);
});
