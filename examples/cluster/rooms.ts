/** Who may be in which room. Every process works it out by itself, so that nobody has to be believed. */

const roomsEach = 3;

export function userName(index: number): string {
  return `client-${index}`;
}

/** The rooms of a user, when there are so many in all. */
export function roomsOf(user: string, rooms: number): readonly string[] {
  const index = Number(user.slice('client-'.length));
  const numbers = Array.from({ length: roomsEach }, (_, turn) => (index + turn * (turn + 2)) % rooms);
  return [...new Set(numbers)].map(roomName);
}

export function mayJoin(user: string, room: string, rooms: number): boolean {
  return roomsOf(user, rooms).includes(room);
}

/** A room that the user asks for without a right to it. */
export function forbiddenTo(user: string, rooms: number): string {
  const theirs = roomsOf(user, rooms);
  const index = Array.from({ length: rooms }, (_, number) => number).find(
    (number) => !theirs.includes(roomName(number)),
  );
  return roomName(index ?? rooms);
}

export function roomName(index: number): string {
  return `conversation:${index}`;
}
