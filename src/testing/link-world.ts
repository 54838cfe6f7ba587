import type { Observed } from '../../machines/verdict.ts';
import type { Auth } from '../link/link.ts';
import type { Message, ServerBehaviour } from './server.ts';
import type { WireTap } from './wire.ts';

/** What the network does to whatever is sent. `silent` swallows everything: a black hole, a half-open link. */
export type Network = 'up' | 'slow' | 'down' | 'silent';

/** Whether what is sent arrives. */
export function flows(network: Network): boolean {
  return network === 'up' || network === 'slow';
}

/** What the simulated link needs of its world. */
export interface LinkWorld extends Pick<WireTap, 'onCall' | 'onOpened'> {
  /** Whether the server takes this token for this identity. */
  isGood(token: unknown, identity: string): boolean;
  /** Ms after which the server ends a link with this token; `null` for never. */
  lifeOf(token: unknown): number | null;
  network(): Network;
  server(): ServerBehaviour;
  /** What a server without an `onMessage` of its own does with what arrives. */
  onMessage(message: Message): void;
  /** Uniform in [0, 1): how much of what is under way survives a cut. */
  random(): number;
  /** Does something after a delay in virtual ms. */
  defer(label: string, ms: number, act: () => void): void;
  /** An attempt begins; false when there are so many that nothing may come of it. */
  onDial(): boolean;
  /** The server's words reach an open link: at once, also over a network that is silent to everything else. */
  onSaid(): void;
  /** A credential gets to the server. */
  onPresented(identity: string, token: unknown, auth: Auth | null | undefined): void;
  /** The server says no to a credential. */
  onRefused(token: unknown, observed: Observed): void;
  /** A link may tell what happens to an attempt that is over; the machine must not mind. */
  readonly isRude: boolean;
}
