/**
 * Socket.IO's own way to type events: a map from name to listener, whose last parameter may be the acknowledgement. The
 * maps that type a socket of socket.io-client type a connection as well.
 */
// biome-ignore lint/suspicious/noExplicitAny: what lets an interface without an index signature pass, as in socket.io-client
export type EventsMap = { [event: string]: any };

/** Events of a connection nobody typed. */
export interface DefaultEventsMap {
  // biome-ignore lint/suspicious/noExplicitAny: untyped events carry anything
  [event: string]: (payload: any, acknowledge: (answer: any) => void) => void;
}

/** The names in a map of events. */
export type EventName<M extends EventsMap> = Extract<keyof M, string>;

/** The first argument of an event: what a message carries. */
export type Payload<M extends EventsMap, E extends keyof M> = Parameters<M[E]>[0];

/** What the acknowledgement of an event carries, or `unknown` where the event has none. */
export type Answer<M extends EventsMap, E extends keyof M> =
  // biome-ignore lint/suspicious/noExplicitAny: matches the last parameter of any listener
  Parameters<M[E]> extends [...any[], (answer: infer A, ...rest: any[]) => any] ? A : unknown;
