/** Whether a run kept what is promised. Pure: what happened goes in, what was wrong comes out. */

export interface Evidence {
  /** What took effect: keys of messages in the order of each room's log. */
  readonly log: Readonly<Record<string, readonly string[]>>;
  readonly clients: readonly Witness[];
  /** What nodes say of users, when they had time enough to find out. */
  readonly presence: readonly Sighting[];
}

/** What a client knows of the run. */
export interface Witness {
  readonly user: string;
  /** The rooms it may be in: all that took effect in them it must have received. */
  readonly rooms: readonly string[];
  /** Rooms it was let into without a right to them. */
  readonly trespasses: readonly string[];
  /** Rooms that it has a right to be in, and is not. */
  readonly shutOut: readonly string[];
  readonly sent: readonly { readonly key: string; readonly room: string; readonly state: string }[];
  /** Keys in the order in which they came, by room. */
  readonly received: Readonly<Record<string, readonly string[]>>;
}

export interface Sighting {
  readonly node: string;
  readonly user: string;
  readonly isOnline: boolean;
  /** The truth. */
  readonly isHere: boolean;
}

export interface Fault {
  readonly kind: FaultKind;
  /** Who, what and where, for people. */
  readonly what: string;
}

export type FaultKind =
  /** Acknowledged, and not in the log. */
  | 'lost'
  /** In the log more than once. */
  | 'doubled'
  /** Has no end: the client still does not know what became of it. */
  | 'unsettled'
  /** Ended otherwise than acknowledged, though nothing here is ever refused. */
  | 'turned-down'
  /** In the log, or received, and nobody sent it to this room. */
  | 'invented'
  /** In the log, and a member of the room never received it. */
  | 'missed'
  /** Received more than once. */
  | 'repeated'
  /** Received after one that stands behind it in the log. */
  | 'disordered'
  /** Let into a room, or told of its messages, without a right to it. */
  | 'trespass'
  /** In the end not in a room that it may be in. */
  | 'shut-out'
  /** Seen as online, and gone. */
  | 'ghost'
  /** Seen as offline, and here. */
  | 'unseen'
  /** Nothing was acknowledged, received or seen: such a run proves nothing. */
  | 'idle';

export function judge({ log, clients, presence }: Evidence): readonly Fault[] {
  const places = placesIn(log);
  return [
    ...nothing({ log, clients, presence }),
    ...effects(log, clients),
    ...clients.flatMap((client) => [...ends(client, places), ...arrivals(client, log, places)]),
    ...presence.flatMap(sightings),
  ];
}

function nothing({ log, clients, presence }: Evidence): Fault[] {
  const faults: Fault[] = [];
  const told = (what: string) => faults.push({ kind: 'idle', what });
  if (!Object.values(log).some(({ length }) => length > 0)) told('nothing took effect');
  if (!clients.some(({ sent }) => sent.length > 0)) told('nothing was sent');
  if (!clients.some(({ received }) => Object.keys(received).length > 0)) told('nothing was received');
  if (presence.length === 0) told('no node was asked who is online');
  return faults;
}

/** Where each message stands first, by room and key. */
type Places = ReadonlyMap<string, ReadonlyMap<string, number>>;

function placesIn(log: Evidence['log']): Places {
  const placesOf = (keys: readonly string[]) => {
    const places = new Map<string, number>();
    for (const [place, key] of keys.entries()) if (!places.has(key)) places.set(key, place);
    return places;
  };
  return new Map(Object.entries(log).map(([room, keys]) => [room, placesOf(keys)]));
}

function effects(log: Evidence['log'], clients: readonly Witness[]): Fault[] {
  const faults: Fault[] = [];
  const sentTo = new Map(clients.flatMap(({ sent }) => sent.map(({ key, room }) => [key, room])));
  for (const [room, keys] of Object.entries(log)) {
    const seen = new Set<string>();
    for (const key of keys) {
      if (seen.has(key)) faults.push({ kind: 'doubled', what: `${key} took effect again in ${room}` });
      seen.add(key);
      if (sentTo.get(key) !== room)
        faults.push({ kind: 'invented', what: `${key} is in ${room}, and was not sent there` });
    }
  }
  return faults;
}

function ends({ sent }: Witness, places: Places): Fault[] {
  return sent.flatMap(({ key, room, state }): Fault[] => {
    if (state === 'acknowledged') {
      if (places.get(room)?.has(key)) return [];
      return [{ kind: 'lost', what: `${key} was acknowledged, and is not in ${room}` }];
    }
    const isOpen = state === 'queued' || state === 'sending';
    return [{ kind: isOpen ? 'unsettled' : 'turned-down', what: `${key} is ${state}` }];
  });
}

function arrivals(
  { user, rooms, trespasses, shutOut, received }: Witness,
  log: Evidence['log'],
  places: Places,
): Fault[] {
  const faults: Fault[] = trespasses.map((room) => ({
    kind: 'trespass',
    what: `${user} was let into ${room}`,
  }));
  for (const room of shutOut) faults.push({ kind: 'shut-out', what: `${user} is not in ${room}` });
  for (const [room, keys] of Object.entries(received)) {
    if (rooms.includes(room)) faults.push(...inOrder(user, room, keys, places.get(room) ?? new Map()));
    else faults.push({ kind: 'trespass', what: `${user} was told ${keys.length} messages of ${room}` });
  }
  for (const room of rooms) {
    const had = new Set(received[room]);
    for (const key of new Set(log[room])) {
      if (!had.has(key)) faults.push({ kind: 'missed', what: `${user} never received ${key} of ${room}` });
    }
  }
  return faults;
}

function inOrder(
  user: string,
  room: string,
  keys: readonly string[],
  places: ReadonlyMap<string, number>,
): Fault[] {
  const faults: Fault[] = [];
  const had = new Set<string>();
  let last = -1;
  for (const key of keys) {
    const place = places.get(key);
    const told = (kind: FaultKind, how: string) =>
      faults.push({ kind, what: `${user} received ${key} ${how} in ${room}` });
    if (place === undefined) told('invented', 'which is not in the log');
    else if (had.has(key)) told('repeated', 'again');
    else if (place < last) told('disordered', `after number ${last}, as number ${place}`);
    had.add(key);
    last = Math.max(last, place ?? last);
  }
  return faults;
}

function sightings({ node, user, isOnline, isHere }: Sighting): Fault[] {
  if (isOnline === isHere) return [];
  const kind = isOnline ? 'ghost' : 'unseen';
  return [{ kind, what: `${node} says that ${user} is ${isOnline ? 'online' : 'offline'}` }];
}
