import { expect, test } from 'vitest';
import { membershipStates, RoomMembership, RoomRefused } from '../../src/membership.ts';
import { watch } from '../support/rooms-stand.ts';

const { joining, joined, left } = membershipStates;

test('[RM-2] a membership tells each change once', () => {
  const membership = new RoomMembership('a', joining, () => {});
  const seen = watch(membership);
  for (const state of [joining, joined, joined, joining]) RoomMembership.tell(membership, state);
  expect(seen).toEqual(['joining', 'joined', 'joining']);
});

test('[RM-2] a membership that is left stays so', () => {
  const membership = new RoomMembership('a', joined, () => {});
  const seen = watch(membership);
  for (const state of [left, joined]) RoomMembership.tell(membership, state);
  expect(seen).toEqual(['joined', 'left', 'completed']);
  expect(membership.state).toBe(left);
});

test('[RM-2, ER-1] a refusal says so in words, and has what the server said', () => {
  const refused = new RoomRefused({ code: 'removed' });
  expect([refused.name, refused.message]).toEqual(['RoomRefused', 'the server refused the room']);
  expect(refused.answer).toEqual({ code: 'removed' });
});
