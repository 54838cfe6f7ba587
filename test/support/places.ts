import type { ConnectionOptions } from '../../src/index.ts';
import { createHarness, type Harness, shortly } from './harness.ts';
import { createWorld, type World } from './world.ts';

export type Host = Harness & { readonly world: World };

/** How to get to every state that a connection can rest in, from nothing. */
const ways = {
  idle: async () => {},
  'authenticating.credential': async (h: Host) => h.connection.connect('alice'),
  'authenticating.handshake': async (h: Host) => {
    h.connection.connect('alice');
    await h.grant();
  },
  'connected.live': async (h: Host) => h.goLive(),
  'reconnecting.waiting': async (h: Host) => {
    await ways['authenticating.handshake'](h);
    h.dial.fail();
  },
  'reconnecting.offline': async (h: Host) => {
    await ways['reconnecting.waiting'](h);
    h.world.say('offline');
  },
  'reconnecting.credential': async (h: Host) => {
    await ways['reconnecting.waiting'](h);
    await h.pass(1_000);
  },
  'reconnecting.handshake': async (h: Host) => {
    await ways['reconnecting.credential'](h);
    await h.grant();
  },
  'auth-failed': async (h: Host) => {
    h.connection.connect('alice');
    await h.grant(null);
  },
  exhausted: async (h: Host) => {
    await ways['reconnecting.handshake'](h);
    h.dial.fail();
  },
} as const;

export type Place = keyof typeof ways;

export const places = Object.keys(ways) as Place[];

/** Where something is being tried or held. */
export const activePlaces = places.filter((place) => !['idle', 'auth-failed', 'exhausted'].includes(place));

/** A connection that stands in this state, on its second attempt of two where it is reconnecting. */
export async function standAt(place: Place, options: Partial<ConnectionOptions> = {}): Promise<Host> {
  const world = createWorld();
  const h = createHarness({
    signals: world.signals,
    ...options,
    reconnect: { maxAttempts: 2, ...options.reconnect },
  });
  const host = Object.defineProperties({ world }, Object.getOwnPropertyDescriptors(h)) as Host;
  await ways[place](host);
  const stands = placeOf(host);
  if (stands !== place) throw new Error(`stands at ${stands} instead of ${place}`);
  return host;
}

/** `reconnecting.waiting`, without numbers and reasons. */
export function placeOf(h: Pick<Harness, 'connection'>): string {
  return shortly(h.connection.getStatus()).replace(/ .*/, '');
}
