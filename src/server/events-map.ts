// As in src/events-map.ts of the client, which the server does not import.

/**
 * Socket.IO's own way to type events: a map from name to listener, whose last parameter may be the acknowledgement. The
 * maps that type a `Server` of socket.io serve as they are.
 */
// biome-ignore lint/suspicious/noExplicitAny: lets an interface without an index signature pass, as in socket.io
export type EventsMap = { [event: string]: any };

/** The first argument of an event: what a message carries. */
export type Payload<M extends EventsMap, E extends keyof M> = Parameters<M[E]>[0];

/** What the acknowledgement of an event carries; anything where the event has none. */
export type Answer<M extends EventsMap, E extends keyof M> =
  // biome-ignore lint/suspicious/noExplicitAny: matches the last parameter of any listener
  Required<Parameters<M[E]>> extends [...any[], (answer: infer A, ...rest: any[]) => any] ? A : unknown;
