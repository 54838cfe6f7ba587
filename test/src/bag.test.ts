import { expect, test } from 'vitest';
import { Bag, type Bagged } from '../../src/bag.ts';

interface Ball extends Bagged {
  readonly name: string;
}

function fill(names: string) {
  const bag = new Bag<Ball>();
  const balls = [...names].map((name): Ball => ({ name, slot: -1 }));
  for (const ball of balls) bag.add(ball);
  const held = () =>
    bag.items
      .map(({ name }) => name)
      .sort()
      .join('');
  const ball = (name: string) => balls.find((each) => each.name === name) as Ball;
  return { bag, ball, held };
}

test.each(['a', 'b', 'c', 'd'])('a bag lets go of %s alone, wherever it lies, and once', (name) => {
  const { bag, ball, held } = fill('abcd');
  bag.delete(ball(name));
  expect(held()).toBe('abcd'.replace(name, ''));
  bag.delete(ball(name));
  expect(held()).toBe('abcd'.replace(name, ''));
  expect(bag.size).toBe(3);
});

test('a bag finds each in every order of letting go', () => {
  for (const order of ['abcd', 'dcba', 'bdac', 'cabd', 'adbc']) {
    const { bag, ball, held } = fill('abcd');
    let left = 'abcd';
    for (const name of order) {
      bag.delete(ball(name));
      left = left.replace(name, '');
      expect(held()).toBe(left);
    }
    expect(bag.size).toBe(0);
  }
});

test('a bag takes anew what it let go of', () => {
  const { bag, ball, held } = fill('abc');
  bag.delete(ball('a'));
  bag.add(ball('a'));
  expect(held()).toBe('abc');
  bag.delete(ball('a'));
  expect(held()).toBe('bc');
});

test('a bag that was cleared is empty, and is not disturbed by what was in it', () => {
  const { bag, ball, held } = fill('abc');
  bag.clear();
  expect([bag.size, held()]).toEqual([0, '']);
  const fresh: Ball = { name: 'f', slot: -1 };
  bag.add(fresh);
  bag.delete(ball('a'));
  expect(held()).toBe('f');
});
