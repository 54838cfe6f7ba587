/** What page and chat server say to each other. The same maps type both ends, as is the custom with Socket.IO. */

export interface ChatMessage {
  /** Written by the sender's outbox: the same each time that it is sent again. */
  readonly id: string;
  readonly room: string;
  readonly from: string;
  readonly text: string;
  /** Its place in the room, from 1. */
  readonly sequence: number;
  /** Epoch ms. */
  readonly at: number;
}

export type No = { readonly error: string };

export interface ServerToClient {
  'message:new': (message: ChatMessage) => void;
}

export interface ClientToServer {
  'message:send': (
    message: { room: string; text: string; id?: string },
    answer: (sent: { sequence: number } | No) => void,
  ) => void;
  'room:join': (room: string, answer: (joined: { ok: true } | No) => void) => void;
  'room:leave': (room: string, answer: (left: { ok: true }) => void) => void;
  /** The sign of life that a connection asks for after a sleep: `plain({ probe: 'alive' })`. */
  alive: (answer: (alive: { rooms: string[] }) => void) => void;
}

export const users = ['alice', 'bob'] as const;

export type User = (typeof users)[number];

export function isUser(name: unknown): name is User {
  return (users as readonly unknown[]).includes(name);
}

/** The rooms that there are, and who may be in the one that is not for everybody. */
export const rooms = [
  { name: 'lobby', topic: 'Everybody is welcome' },
  { name: 'harbour', topic: 'Comings and goings' },
  { name: 'bridge', topic: 'For Alice alone: the server refuses Bob', only: 'alice' },
] as const satisfies readonly { name: string; topic: string; only?: User }[];

export type Room = (typeof rooms)[number]['name'];

export function isRoom(name: unknown): name is Room {
  return rooms.some((room) => room.name === name);
}

export function mayEnter(user: string, name: string): boolean {
  return rooms.some((room) => room.name === name && (!('only' in room) || room.only === user));
}
