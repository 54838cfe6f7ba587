import { describe, expect, test } from 'vitest';
import { roomsOf } from '../../examples/cluster/rooms.ts';
import { Audit } from '../../soak/audit/audit.ts';
import type { News } from '../../soak/audit/news.ts';
import type { PromiseName } from '../../soak/audit/promises.ts';

const roomCount = 40;
const alice = 'client-0';
const bob = 'client-1';
/** Shares alice's first room. */
const carol = 'client-40';
const [room = ''] = roomsOf(alice, roomCount);
const [bobs = ''] = roomsOf(bob, roomCount);

/** What happened, in order: what clients told, and what was read in the logs. */
type Event =
  | News
  | readonly ['effect', room: string, key: string, from: string]
  | readonly ['kick', user: string];

/** A good run: alice sends two messages, which both members of the room receive, the second one she is also refused for. */
const good: readonly Event[] = [
  ['sent', `${alice}/0`, room],
  ['effect', room, `${alice}/0`, alice],
  ['ended', `${alice}/0`, 'acknowledged'],
  ['note', alice, alice],
  ['sent', `${alice}/1`, room],
  ['got', alice, room, `${alice}/0`],
  ['got', carol, room, `${alice}/0`],
  // Members may be ahead of what is read of the log.
  ['got', carol, room, `${alice}/1`],
  ['ended', `${alice}/1`, 'acknowledged'],
  ['effect', room, `${alice}/1`, alice],
  ['got', alice, room, `${alice}/1`],
  ['sent', `${bob}/0`, bobs],
  ['ended', `${bob}/0`, 'expired'],
  ['kick', bob],
  ['turned-away', bob, 'forbidden'],
];

function audited(events: readonly Event[]): Audit {
  const audit = new Audit([alice, bob, carol], roomCount);
  for (const event of events) {
    if (event[0] === 'effect') audit.effect(event[1], { key: event[2], from: event[3] });
    else if (event[0] === 'kick') audit.kick(event[1]);
    else audit.note(event);
  }
  audit.close();
  return audit;
}

const without = (...gone: readonly Event[]) =>
  good.filter((event) => !gone.some((one) => JSON.stringify(one) === JSON.stringify(event)));
const and = (...more: readonly Event[]) => [...good, ...more];

test('a run in which everything came once, in order, to those it was for, breaks no promise', () => {
  const audit = audited(good);
  expect(audit.breaches.broken).toEqual([]);
  expect(audit.hasAll([alice, bob, carol])).toBe(true);
});

describe('each planted fault is found, and no other', () => {
  const planted: Record<string, readonly [events: readonly Event[], ...broken: PromiseName[]]> = {
    'an acknowledged message without effect': [
      and(['sent', `${alice}/2`, room], ['ended', `${alice}/2`, 'acknowledged']),
      'lost',
    ],
    'an effect twice in its room': [and(['effect', room, `${alice}/0`, alice]), 'doubled'],
    'an effect in another room of the sender as well': [
      and(['effect', roomsOf(alice, roomCount)[1] ?? '', `${alice}/1`, alice]),
      'invented',
      'missed',
    ],
    'an effect where the sender may not be': [
      and(['effect', bobs, `${alice}/9`, alice]),
      'invented',
      'missed',
    ],
    'an effect as somebody else': [
      and(
        ['sent', `${bob}/1`, bobs],
        ['effect', bobs, `${bob}/1`, alice],
        ['got', bob, bobs, `${bob}/1`],
        ['ended', `${bob}/1`, 'acknowledged'],
      ),
      'invented',
    ],
    'an effect that nobody sent': [
      and(['effect', bobs, `${bob}/7`, bob], ['got', bob, bobs, `${bob}/7`]),
      'invented',
    ],
    'a message without an end': [and(['sent', `${alice}/2`, room]), 'unsettled'],
    'a message that was given up in the middle': [
      and(['sent', `${alice}/2`, room], ['ended', `${alice}/2`, 'sending']),
      'unsettled',
    ],
    'one that ran out before it was sent, and took effect': [
      and(['effect', bobs, `${bob}/0`, bob], ['got', bob, bobs, `${bob}/0`]),
      'undead',
    ],
    'one that was refused, and took effect': [
      and(
        ['sent', `${bob}/1`, bobs],
        ['ended', `${bob}/1`, 'refused'],
        ['effect', bobs, `${bob}/1`, bob],
        ['got', bob, bobs, `${bob}/1`],
      ),
      'undead',
    ],
    'one in the middle that never came': [without(['got', carol, room, `${alice}/0`]), 'missed'],
    'one at the end that never came': [without(['got', alice, room, `${alice}/1`]), 'missed'],
    'one that came twice': [and(['got', carol, room, `${alice}/1`]), 'repeated'],
    'one that came twice, much later': [and(['got', carol, room, `${alice}/0`]), 'repeated'],
    'two that changed places': [
      [...without(['got', carol, room, `${alice}/0`]), ['got', carol, room, `${alice}/0`]],
      'missed',
      'disordered',
    ],
    'one that is in no log': [and(['got', carol, room, `${alice}/8`]), 'invented'],
    'words of a room that one may not be in': [and(['got', bob, room, `${alice}/0`]), 'foreign'],
    'words for the former user, after the switch': [and(['note', bob, alice]), 'foreign'],
    'words that come when nobody is connected': [and(['got', null, room, `${alice}/0`]), 'foreign'],
    'a status out of turn': [and(['wrong', 'status', 'idle → connected']), 'status'],
    'a user who is turned away, and was not kicked': [and(['turned-away', alice, 'forbidden']), 'driven'],
    'a user who is turned away twice, and was kicked once': [
      and(['turned-away', bob, 'forbidden']),
      'driven',
    ],
    'a kick that turns away by another code': [
      and(['kick', bob], ['turned-away', bob, 'unauthorized']),
      'driven',
    ],
    'a credential in a problem': [and(['wrong', 'leak', 'a problem']), 'leak'],
  };

  test.each(Object.entries(planted))('%s', (_, [events, ...broken]) => {
    expect(audited(events).breaches.broken).toEqual(broken);
  });
});

test('a gap that was told excuses what is missing there, and nothing after it', () => {
  const gap = ['gap', carol, [room], 'cursor-unknown'] as const;
  const told = good.flatMap((event) =>
    event[0] === 'got' && event[1] === carol && event[3] === `${alice}/0` ? [gap] : [event],
  );
  const excused = audited(told);
  expect(excused.breaches.broken).toEqual([]);
  expect(excused.gaps).toEqual({ 'cursor-unknown': 1 });
  const later = audited([
    ...told,
    ['sent', `${alice}/2`, room],
    ['effect', room, `${alice}/2`, alice],
    ['ended', `${alice}/2`, 'acknowledged'],
    ['got', alice, room, `${alice}/2`],
  ]);
  expect(later.breaches.broken).toEqual(['missed']);
});

test('an unknown or thrown-away message may have taken effect or not', () => {
  const maybe = and(
    ['sent', `${bob}/1`, bobs],
    ['ended', `${bob}/1`, 'unknown'],
    ['sent', `${bob}/2`, bobs],
    ['effect', bobs, `${bob}/2`, bob],
    ['got', bob, bobs, `${bob}/2`],
    ['ended', `${bob}/2`, 'discarded'],
  );
  expect(audited(maybe).breaches.broken).toEqual([]);
});

test('whoever has not received all yet is known', () => {
  const audit = new Audit([alice, carol], roomCount);
  audit.effect(room, { key: `${alice}/0`, from: alice });
  audit.note(['got', alice, room, `${alice}/0`]);
  expect(audit.hasAll([alice])).toBe(true);
  expect(audit.hasAll([alice, carol])).toBe(false);
});

test('a breach says who, what and where, and how many there were', () => {
  const { breaches } = audited(
    without(['got', alice, room, `${alice}/0`], ['got', alice, room, `${alice}/1`]),
  );
  expect(breaches.count('missed')).toBe(2);
  expect(breaches.examples('missed')).toEqual([`${alice} received in ${room} nothing from ${alice}/0 on`]);
});
