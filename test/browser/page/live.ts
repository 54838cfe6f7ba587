import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type Delivery,
  type DeliveryState,
  type SocketIoOptions,
  type Status,
  socketIo,
} from '../../../src/index.ts';

export interface PageLive {
  readonly connection: Connection;
  /** The statuses so far, as `state.phase`. */
  readonly story: string[];
  /** The codes of the problems so far. */
  readonly problems: string[];
  readonly messages: { readonly event: string; readonly payload: unknown }[];
  /** What `send` gave, in order; for `deliveries.map(({ id }) => id)` and the like. */
  readonly deliveries: Delivery[];
  /** Sends with the connection and remembers the delivery: gives its id. */
  send(event: string, payload: unknown): string;
  /** Where each delivery stands. */
  states(): DeliveryState[];
}

export interface PageLiveOptions extends Partial<Omit<ConnectionOptions, 'link'>> {
  /** Default: where the page came from. */
  readonly url?: string;
  readonly link?: SocketIoOptions;
}

/** Connections of this page by name. They are gone with the page, and with nothing else. */
export const lives: Record<string, PageLive> = {};

/** A connection as a user makes it, with short waits, that is found again as `lives[name]`. */
export function live(
  name: string,
  { url = location.origin, link, ...options }: PageLiveOptions = {},
): PageLive {
  const connection = createConnection({
    link: socketIo(url, link),
    credential: false,
    ...options,
    reconnect: { first: 10, base: 10, cap: 50, ...options.reconnect },
  });
  const made: PageLive = {
    connection,
    story: [],
    problems: [],
    messages: [],
    deliveries: [],
    send(event, payload) {
      const delivery = connection.send(event, payload);
      made.deliveries.push(delivery);
      return delivery.id;
    },
    states: () => made.deliveries.map(({ state }) => state),
  };
  lives[name] = made;
  connection.status$.subscribe((status) => made.story.push(shortly(status)));
  connection.problems$.subscribe(({ code }) => made.problems.push(code));
  connection.messages$.subscribe(({ event, payload }) => made.messages.push({ event, payload }));
  return made;
}

function shortly(status: Status): string {
  return 'phase' in status ? `${status.state}.${status.phase}` : status.state;
}
