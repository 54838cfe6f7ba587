import { describe, expect } from 'vitest';
import {
  isForgettable,
  nextCall,
  nextRoom,
  type RoomEvent,
  type RoomState,
  strangeRoom,
} from '../../machines/rooms.ts';
import { fc, test } from '../support/properties.ts';

/** `sent` wherever there is a call to make, as the rooms do it at once. */
function play(story: string, from = strangeRoom(false)): RoomState {
  let room = from;
  for (const event of story.split(' ')) room = nextRoom(room, event as RoomEvent);
  return room;
}

/** In short: `joining, server out, asks join, then leave`. */
function tell(room: RoomState): string {
  const next = nextCall(room);
  return [
    room.shown,
    `server ${room.server}`,
    ...(room.call === null ? [] : [`asks ${room.call}`]),
    ...(next === null ? [] : [`next ${next}`]),
  ].join(', ');
}

const stories: readonly (readonly [name: string, story: string, outcome: string])[] = [
  ['[RM-1] joined without a link waits for one', 'join', 'joining, server out'],
  [
    '[RM-1] wished before the link is asked for when it comes',
    'join begun',
    'joining, server out, next join',
  ],
  ['[RM-1] wished on the link is asked for', 'begun join', 'joining, server out, next join'],
  ['[RM-1] asked for is not asked for twice', 'begun join sent join', 'joining, server out, asks join'],
  ['[RM-2] granted is joined', 'begun join sent joined', 'joined, server in'],
  ['[RM-1] joined once more changes nothing', 'begun join sent joined join', 'joined, server in'],
  ['[RM-1] left is told to the server', 'begun join sent joined leave', 'left, server in, next leave'],
  ['[RM-1] left and confirmed is over', 'begun join sent joined leave sent left', 'left, server out'],
  ['[RM-1] left before it was ever asked for is over', 'join leave', 'left, server out'],

  [
    '[RM-1] left while asked for waits for the answer',
    'begun join sent leave',
    'left, server out, asks join',
  ],
  [
    '[RM-1] left while asked for is left when granted',
    'begun join sent leave joined',
    'left, server in, next leave',
  ],
  [
    '[RM-1] left while asked for, and turned down, is over and told to nobody',
    'begun join sent leave refused',
    'left, server out',
  ],
  [
    '[RM-1] left while asked for, and unanswered, is left: the server may have heard it',
    'begun join sent leave unanswered',
    'left, server unknown, next leave',
  ],
  [
    '[RM-1] joined, left and joined while asked for is asked for no second time when granted',
    'begun join sent leave join joined',
    'joined, server in',
  ],
  [
    '[RM-1] joined anew while asked for: a refusal of the earlier wish is none of the new one',
    'begun join sent leave join refused',
    'joining, server out, next join',
  ],
  [
    '[RM-1] joined anew, the second refusal counts',
    'begun join sent leave join refused sent refused',
    'refused, server out',
  ],
  [
    '[RM-1] joined anew while asked for is asked for again when unanswered',
    'begun join sent leave join unanswered',
    'joining, server unknown, next join',
  ],
  [
    '[RM-1] joined anew while it is being left waits for that answer',
    'begun join sent joined leave sent join',
    'joining, server in, asks leave',
  ],
  [
    '[RM-1] joined anew while it was being left is asked for after that',
    'begun join sent joined leave sent join left',
    'joining, server out, next join',
  ],
  [
    '[RM-1] joined anew while it was being left without an answer is asked for',
    'begun join sent joined leave sent join unanswered',
    'joining, server unknown, next join',
  ],
  [
    '[RM-1] left and joined before anything was sent stays joined',
    'begun join sent joined leave join',
    'joined, server in',
  ],

  ['[RM-2] turned down is refused', 'begun join sent refused', 'refused, server out'],
  ['[RM-2] refused is not asked for again', 'begun join sent refused ended begun', 'refused, server out'],
  [
    '[RM-2] refused is not asked for after a recovery either',
    'begun join sent refused ended recovered',
    'refused, server out',
  ],
  [
    '[RM-2] refused is asked for when joined again',
    'begun join sent refused join',
    'joining, server out, next join',
  ],
  ['[RM-2] refused and left is over', 'begun join sent refused leave', 'left, server out'],
  [
    '[RM-2] refused and joined during an outage is asked for on the next link',
    'begun join sent refused ended join begun',
    'joining, server out, next join',
  ],

  ['[RM-2] stays joined during an outage', 'begun join sent joined ended', 'joined, server in'],
  [
    '[RM-1] is asked for again on the next link, and shown as joined meanwhile',
    'begun join sent joined ended begun',
    'joined, server out, next join',
  ],
  [
    '[RM-3] is asked for again after a recovery: membership is verified',
    'begun join sent joined ended recovered',
    'joined, server unknown, next join',
  ],
  [
    '[RM-3] is asked for again when a link follows without an end',
    'begun join sent joined recovered',
    'joined, server unknown, next join',
  ],
  [
    '[RM-2] removed while away is refused',
    'begun join sent joined ended begun sent refused',
    'refused, server out',
  ],
  [
    '[RM-2] removed while away is refused on a recovered session too',
    'begun join sent joined ended recovered sent refused',
    'refused, server out',
  ],

  [
    '[RM-1] left during the outage is not joined',
    'begun join sent joined ended leave begun',
    'left, server out',
  ],
  [
    '[RM-3] left during the outage is left on a recovered session',
    'begun join sent joined ended leave recovered',
    'left, server unknown, next leave',
  ],
  [
    '[RM-1] left and joined during the outage is a new wish',
    'begun join sent joined ended leave join begun sent joined',
    'joined, server in',
  ],
  [
    '[RM-1] cut short by the end of the link and left is not joined',
    'begun join sent ended leave begun',
    'left, server out',
  ],
  [
    '[RM-3] cut short by the end of the link and left is left on a recovered session',
    'begun join sent ended leave recovered',
    'left, server unknown, next leave',
  ],
  [
    '[RM-3] whose leaving was cut short is left on a recovered session',
    'begun join sent joined leave sent ended recovered',
    'left, server unknown, next leave',
  ],
  [
    '[RM-3] that was confirmed as left has nothing to tell on a recovered session',
    'begun join sent joined leave sent left ended recovered',
    'left, server out',
  ],
  [
    '[RM-1] first wished on a recovered session is asked for',
    'join recovered',
    'joining, server out, next join',
  ],

  ['[RM-1] unanswered waits', 'begun join sent unanswered', 'joining, server unknown'],
  [
    '[RM-1] unanswered is asked for when joined again',
    'begun join sent unanswered join',
    'joining, server unknown, next join',
  ],
  [
    '[RM-1] unanswered is asked for on the next link',
    'begun join sent unanswered ended begun',
    'joining, server out, next join',
  ],
  [
    '[RM-1] unanswered and left is left: the server may have heard it',
    'begun join sent unanswered leave',
    'left, server unknown, next leave',
  ],
  [
    '[RM-2] joined before, and unanswered on the next link, is joining',
    'begun join sent joined ended begun sent unanswered',
    'joining, server unknown',
  ],
  [
    '[RM-1] whose leaving was unanswered is left alone',
    'begun join sent joined leave sent unanswered leave',
    'left, server unknown',
  ],
  [
    '[RM-3] whose leaving was unanswered is told on a recovered session',
    'begun join sent joined leave sent unanswered ended recovered',
    'left, server unknown, next leave',
  ],
  [
    '[RM-1] whose leaving was unanswered is over with the session',
    'begun join sent joined leave sent unanswered ended begun',
    'left, server out',
  ],

  [
    '[RM-4] asked for by the handshake, and not wished any more, is left',
    'begun greeted',
    'left, server unknown, next leave',
  ],
  [
    '[RM-4] asked for by the handshake, and still wished, is asked for as any: the first packet answers',
    'join begun greeted',
    'joining, server out, next join',
  ],
  ['[RM-4] of a handshake whose link is gone is over with it', 'greeted', 'left, server out'],
  [
    '[RM-2, SV-2] taken out of by the server is refused',
    'begun join sent joined removed',
    'refused, server out',
  ],
  [
    '[RM-2, SV-2] taken out of by the server is asked for when joined again',
    'begun join sent joined removed join',
    'joining, server out, next join',
  ],
  [
    '[RM-2, SV-2] left, and taken out of before that was sent, is over',
    'begun join sent joined leave removed',
    'left, server out',
  ],
  [
    '[RM-2, SV-2] taken out of while it is asked for waits for the answer',
    'begun join sent removed',
    'joining, server out, asks join',
  ],
];

describe('a room', () => {
  test.each(stories)('%s', (_, story, outcome) => {
    expect(tell(play(story))).toBe(outcome);
  });

  test('[RM-1] that is out on both sides is forgotten, and nothing else is', () => {
    const forgettable = stories
      .filter(([, story]) => isForgettable(play(story)))
      .map(([, , outcome]) => outcome);
    expect(new Set(forgettable)).toEqual(new Set(['left, server out']));
  });

  test('[RM-1] knows a link that was there before it', () => {
    expect(tell(play('join', strangeRoom(true)))).toBe('joining, server out, next join');
  });
});

const events: readonly RoomEvent[] = [
  'join',
  'leave',
  'sent',
  'joined',
  'refused',
  'left',
  'unanswered',
  'begun',
  'recovered',
  'greeted',
  'removed',
  'ended',
];

/** Every state there is to reach. */
function reachable(): RoomState[] {
  const seen = new Map<string, RoomState>();
  const open = [strangeRoom(false)];
  for (let room = open.pop(); room !== undefined; room = open.pop()) {
    const key = JSON.stringify(room);
    if (seen.has(key)) continue;
    seen.set(key, room);
    for (const event of events) open.push(nextRoom(room, event));
  }
  return [...seen.values()];
}

describe('in every state there is', () => {
  const states = reachable();

  test('[RM-1] there are few, and each fits together', () => {
    expect(states.length).toBeLessThan(200);
    for (const room of states) {
      expect(room.call !== null && !room.isLinked, 'a call without a link').toBe(false);
      expect(['joining', 'joined'].includes(room.shown)).toBe(room.wish === 'in');
      if (room.isLinked && room.shown === 'joined' && room.call === null) {
        expect(room.server === 'in' || nextCall(room) === 'join').toBe(true);
      }
      if (room.isRenewed) expect([room.wish, room.call]).toEqual(['in', 'join']);
    }
  });

  test('[RM-1] one call at most, never without a link, and only toward the wish', () => {
    for (const room of states) {
      const next = nextCall(room);
      if (room.call !== null || !room.isLinked) expect(next).toBeNull();
      if (next !== null) expect(next).toBe(room.wish === 'in' ? 'join' : 'leave');
    }
  });

  test('[RM-1] an answer to what was not asked changes nothing', () => {
    for (const room of states) {
      if (room.call !== 'join') {
        expect(nextRoom(room, 'joined')).toBe(room);
        expect(nextRoom(room, 'refused')).toBe(room);
      }
      if (room.call !== 'leave') expect(nextRoom(room, 'left')).toBe(room);
      if (room.call === null) expect(nextRoom(room, 'unanswered')).toBe(room);
      if (nextCall(room) === null) expect(nextRoom(room, 'sent')).toBe(room);
    }
  });

  test('[RM-1] a server that answers brings it to rest within two calls', () => {
    for (const room of states.filter(({ isLinked, call }) => isLinked && call === null)) {
      let current = room;
      let calls = 0;
      for (let call = nextCall(current); call !== null; call = nextCall(current)) {
        current = nextRoom(nextRoom(current, 'sent'), call === 'join' ? 'joined' : 'left');
        calls += 1;
      }
      expect(calls).toBeLessThanOrEqual(2);
      expect(current.server === 'unknown' || (current.server === 'in') === (current.wish === 'in')).toBe(
        true,
      );
    }
  });

  test('[RM-2] only the app, a refusal and a removal change the wish', () => {
    for (const room of states) {
      for (const event of events.filter((each) => !['join', 'leave', 'refused', 'removed'].includes(each))) {
        expect(nextRoom(room, event).wish).toBe(room.wish);
      }
    }
  });
});

describe('whatever happens', () => {
  test.prop([fc.array(fc.constantFrom(...events), { maxLength: 40 })])(
    '[RM-1] no event throws, and what is left is never asked for before it is joined again',
    (story) => {
      let room = strangeRoom(false);
      let isWished = false;
      for (const event of story) {
        room = nextRoom(room, event);
        if (event === 'join') isWished = true;
        if (event === 'leave' || room.shown === 'refused') isWished = false;
        if (!isWished) expect(nextCall(room)).not.toBe('join');
      }
    },
  );
});

describe('what was said before', () => {
  const joined = play('join sent joined', strangeRoom(true));

  test('[RM-1] a room that is left before anybody asked for it leaves nothing behind', () => {
    const strange = strangeRoom(true);
    expect(nextRoom(strange, 'leave')).toBe(strange);
    expect(isForgettable(strange)).toBe(true);
  });

  test('[RM-2] a wish that is repeated changes nothing, on the link and during an outage', () => {
    expect(nextRoom(joined, 'join')).toBe(joined);
    const away = nextRoom(joined, 'ended');
    expect(nextRoom(away, 'join')).toBe(away);
    expect(away.shown).toBe('joined');
  });

  test('[RM-2] a wish that is repeated while it is asked for is refused all the same, and given up', () => {
    const asked = play('join sent join', strangeRoom(true));
    expect(nextRoom(asked, 'refused')).toMatchObject({ shown: 'refused', wish: 'out' });
  });

  test('[RM-3] where a link ends in the middle of a call, nobody knows what the server has', () => {
    const asked = play('join sent ended', strangeRoom(true));
    expect(asked.server).toBe('unknown');
  });
});
