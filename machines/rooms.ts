/**
 * One room (RM-1, RM-2): what is wished, what the server is known to think, and what is being asked. Pure and total:
 * an event that does not fit changes nothing and gives the same object.
 */
export interface RoomState {
  readonly wish: 'in' | 'out';
  /** What the server thinks; without a link, what it thought when the last one ended: it may recover that session. */
  readonly server: 'in' | 'out' | 'unknown';
  /** The call under way: at most one. When it settles, the wish of then decides what comes next. */
  readonly call: RoomCall | null;
  /** The call that this link left unanswered. A join is made again when somebody asks again, a leave is not. */
  readonly unanswered: RoomCall | null;
  /** Left and joined again since the join under way was sent: a refusal of that one does not answer this wish. */
  readonly isRenewed: boolean;
  readonly isLinked: boolean;
  /** What the app sees. Stays `joined` during an outage. */
  readonly shown: 'joining' | 'joined' | 'refused' | 'left';
}

export type RoomCall = 'join' | 'leave';

export type RoomEvent =
  /** The app wishes to be in, or asks again. */
  | 'join'
  /** The app wishes to be out. */
  | 'leave'
  /** The next call was made. */
  | 'sent'
  /** The join under way was granted. */
  | 'joined'
  /** The join under way was turned down. */
  | 'refused'
  /** The leave under way was confirmed. */
  | 'left'
  /** No answer came to the call under way. */
  | 'unanswered'
  /** A link was accepted, with a new session. */
  | 'begun'
  /** A link was accepted, with the session of the link before it. */
  | 'recovered'
  /** The handshake of the link asked for it, so that the server may have the connection in it. */
  | 'greeted'
  /** The server took the connection out by itself. */
  | 'removed'
  | 'ended';

/** A room that nobody asked for yet. */
export function strangeRoom(isLinked: boolean): RoomState {
  return {
    wish: 'out',
    server: 'out',
    call: null,
    unanswered: null,
    isRenewed: false,
    isLinked,
    shown: 'left',
  };
}

/** The call that brings the server nearer to the wish, or `null` when there is none to make now. */
export function nextCall({ wish, server, call, unanswered, isLinked }: RoomState): RoomCall | null {
  if (!isLinked || call !== null) return null;
  if (wish === 'in') return server === 'in' || unanswered === 'join' ? null : 'join';
  return server === 'out' || unanswered === 'leave' ? null : 'leave';
}

/** Whether nothing is left to remember: out on both sides, and nothing to show. */
export function isForgettable({ wish, server, call, shown }: RoomState): boolean {
  return wish === 'out' && server === 'out' && call === null && shown === 'left';
}

export function nextRoom(room: RoomState, event: RoomEvent): RoomState {
  switch (event) {
    case 'join':
      return join(room);
    case 'leave':
      return room.shown === 'left' ? room : { ...room, wish: 'out', isRenewed: false, shown: 'left' };
    case 'sent': {
      const call = nextCall(room);
      return call === null ? room : { ...room, call, unanswered: null };
    }
    case 'joined':
      return room.call === 'join' ? joined(room) : room;
    case 'refused':
      return room.call === 'join' ? refused(room) : room;
    case 'left':
      return room.call === 'leave' ? { ...room, ...settled, server: 'out' } : room;
    case 'unanswered':
      return room.call === null ? room : unanswered(room, room.call);
    case 'begun':
      return { ...room, ...settled, isLinked: true, server: 'out' };
    case 'recovered': {
      // Not even what was confirmed is taken for granted (RM-3); only where nothing was ever asked, nothing is there.
      const server = serverAfter(room) === 'out' ? 'out' : 'unknown';
      return { ...room, ...settled, isLinked: true, server };
    }
    case 'greeted':
      return room.isLinked && room.wish === 'out' ? { ...room, server: 'unknown' } : room;
    case 'removed':
      // A call under way has an answer of its own to come.
      return room.isLinked && room.call === null && room.server === 'in' ? removed(room) : room;
    case 'ended':
      return room.isLinked ? { ...room, ...settled, isLinked: false, server: serverAfter(room) } : room;
  }
}

const settled = { call: null, unanswered: null, isRenewed: false } as const;

function join(room: RoomState): RoomState {
  if (room.wish === 'in') return room.unanswered === 'join' ? { ...room, unanswered: null } : room;
  const isIn = room.isLinked && room.server === 'in' && room.call === null;
  return {
    ...room,
    wish: 'in',
    unanswered: null,
    isRenewed: room.call === 'join',
    shown: isIn ? 'joined' : 'joining',
  };
}

function joined(room: RoomState): RoomState {
  return { ...room, ...settled, server: 'in', shown: room.wish === 'in' ? 'joined' : room.shown };
}

function removed(room: RoomState): RoomState {
  const out = { ...room, ...settled, server: 'out' } as const;
  return room.wish === 'in' ? { ...out, wish: 'out', shown: 'refused' } : out;
}

/** The wish goes with the refusal, so that it is told once and not asked again. */
function refused(room: RoomState): RoomState {
  const answered = { ...room, ...settled, server: 'out' } as const;
  return room.wish === 'in' && !room.isRenewed ? { ...answered, wish: 'out', shown: 'refused' } : answered;
}

function unanswered(room: RoomState, call: RoomCall): RoomState {
  return {
    ...room,
    ...settled,
    server: 'unknown',
    unanswered: room.isRenewed ? null : call,
    // Also where it was joined before: on this link nobody said so.
    shown: room.wish === 'in' ? 'joining' : room.shown,
  };
}

/** A call that the end of the link cut short may have been heard or not. */
function serverAfter({ call, server }: RoomState): RoomState['server'] {
  return call === null ? server : 'unknown';
}
