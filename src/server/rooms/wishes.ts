import { type Greeting, greetingKey } from '../../wire.ts';

/** A wish as it is understood; `after` is `null` for a room from now on. */
export interface Wish {
  readonly room: unknown;
  readonly after: unknown;
}

/** What a client said in its handshake, taken out of there: it is not kept as long as the link. */
export function takeGreeting(handshake: { readonly auth: unknown }): unknown {
  const auth = handshake.auth as Record<string, unknown> | null | undefined;
  if (typeof auth !== 'object' || auth === null || !Object.hasOwn(auth, greetingKey)) return undefined;
  const greeting = auth[greetingKey];
  delete auth[greetingKey];
  return greeting;
}

/** The wishes of a greeting, or `null` for what is none. */
export function wishesOf(greeting: unknown): readonly unknown[] | null {
  if (typeof greeting !== 'object' || greeting === null) return null;
  const { v, rooms } = greeting as { readonly [K in keyof Greeting]: unknown };
  return v === 1 && Array.isArray(rooms) ? rooms : null;
}

/** What is no wish at all becomes one for a room that cannot be named. */
export function readWish(given: unknown): Wish {
  if (!Array.isArray(given)) return { room: given, after: null };
  const [room, after]: readonly unknown[] = given;
  // `null` in a wish is no cursor.
  return given.length === 2 ? { room, after: after ?? undefined } : { room: null, after: null };
}
