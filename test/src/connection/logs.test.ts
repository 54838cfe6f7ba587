import { describe, expect, test } from 'vitest';
import { LogWorld } from '../../support/log-world.ts';

async function live(...rooms: string[]): Promise<LogWorld> {
  const world = new LogWorld();
  for (const room of rooms) world.join(room);
  world.connection.connect('alice');
  await world.clock.advance(100);
  expect(world.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
  return world;
}

async function lostAndBack(world: LogWorld, meanwhile: () => void = () => {}): Promise<void> {
  world.network = 'down';
  world.lose();
  meanwhile();
  world.network = 'up';
  world.asked.splice(0);
  await world.clock.advance(30_000);
  expect(world.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
}

const events = (world: LogWorld) => world.asked.map(({ event }) => event);

describe('the handshake', () => {
  test('[RM-4] brings rooms back without a packet more', async () => {
    const world = await live('a', 'b');
    expect(events(world)).toEqual(['CONNECT']);
    expect(world.rooms).toEqual(['a', 'b']);
    await lostAndBack(world);
    expect(events(world)).toEqual(['CONNECT']);
    expect(world.rooms).toEqual(['a', 'b']);
  });

  test('[RM-4, SV-8] brings what was missed, in order, once', async () => {
    const world = await live('a', 'b');
    world.say('a', 'a1');
    await world.clock.advance(100);
    await lostAndBack(world, () => {
      world.say('a', 'a2');
      world.say('b', 'b1');
      world.say('a', 'a3');
    });
    expect(events(world)).toEqual(['CONNECT']);
    expect(world.heard).toEqual([
      { room: 'a', text: 'a1', replayed: false },
      { room: 'a', text: 'a2', replayed: true },
      { room: 'a', text: 'a3', replayed: true },
      { room: 'b', text: 'b1', replayed: true },
    ]);
    expect(world.gaps).toEqual([]);
  });

  test('[SV-8] knows from where on a room is read that was silent while the link was there', async () => {
    const world = await live('a');
    await lostAndBack(world, () => world.say('a', 'a1'));
    expect(world.texts).toEqual(['a1']);
  });

  test('[RM-1, RM-4] one that was left during the outage is not asked for, one that is joined during it is', async () => {
    const world = await live('a', 'b');
    await lostAndBack(world, () => {
      world.connection.leave('a');
      world.join('c');
    });
    expect(world.rooms).toEqual(['b', 'c']);
    expect(events(world)).toEqual(['CONNECT']);
  });

  test('[RM-1, RM-4] a room that is left while the handshake is under way is left on the server too', async () => {
    const world = await live('a', 'b');
    world.lose();
    world.asked.splice(0);
    while (world.asked.length === 0) await world.clock.advance(1);
    world.connection.leave('a');
    await world.clock.advance(100);
    expect(world.rooms).toEqual(['b']);
    expect(events(world)).toEqual(['CONNECT', 'room:leave']);
  });

  test('[RM-1, RM-4] such a room is asked for anew when it is wished again: the first packet was no answer to that', async () => {
    const world = await live('a');
    world.lose();
    world.asked.splice(0);
    while (world.asked.length === 0) await world.clock.advance(1);
    world.connection.leave('a');
    await world.clock.advance(1_000);
    expect(world.join('a').state).toEqual({ state: 'joining' });
    await world.clock.advance(100);
    expect(events(world)).toEqual(['CONNECT', 'room:leave', 'holdfast:join']);
    expect(world.rooms).toEqual(['a']);
  });

  test('[RM-1, RM-4] a room that is joined while the handshake is under way is asked for after it', async () => {
    const world = await live('a');
    world.lose();
    world.asked.splice(0);
    while (world.asked.length === 0) await world.clock.advance(1);
    world.join('b');
    await world.clock.advance(100);
    expect(world.rooms).toEqual(['a', 'b']);
    expect(events(world)).toEqual(['CONNECT', 'holdfast:join']);
  });

  test('[RM-2, RM-4] a refusal in the first packet is told once and not asked again', async () => {
    const world = new LogWorld();
    world.forbidden.add('b');
    const membership = world.join('b');
    const states: string[] = [];
    membership.state$.subscribe(({ state }) => states.push(state));
    world.connection.connect('alice');
    await world.clock.advance(100);
    expect(membership.state).toMatchObject({ state: 'refused', cause: { answer: { code: 'forbidden' } } });
    expect(states).toEqual(['joining', 'refused']);
    await lostAndBack(world);
    expect(world.asked).toEqual([{ event: 'CONNECT', args: [{ v: 1, rooms: [] }] }]);
  });

  test('[RM-4] takes as many rooms as fit; the rest is asked for in batches', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `room ${String(index).padStart(3, '0')}`);
    const world = await live(...names);
    const [connect, ...joins] = world.asked;
    expect(connect?.args).toMatchObject([{ v: 1, rooms: names.slice(0, 100) }]);
    expect(joins.map(({ event, args }) => [event, (args[0] as unknown[]).length])).toEqual([
      ['holdfast:join', 100],
      ['holdfast:join', 50],
    ]);
    expect(world.rooms).toEqual(names);
  });

  test('[RM-4] rooms of long names are fewer in a packet', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `${index} `.padEnd(1_000, 'x'));
    const world = await live(...names);
    for (const { args } of world.asked) expect(JSON.stringify(args).length).toBeLessThan(34_000);
    expect(world.asked).toHaveLength(2);
    expect(world.rooms).toHaveLength(50);
  });

  test('[RM-4, LC-13] a first packet that does not come is not waited for for ever: the rooms are asked for', async () => {
    const world = new LogWorld();
    world.mute.add('holdfast:hello');
    const membership = world.join('a');
    world.connection.connect('alice');
    await world.clock.advance(15_000);
    expect(membership.state).toEqual({ state: 'joined' });
    expect(events(world)).toEqual(['CONNECT', 'holdfast:join']);
    expect(world.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
  });

  test('[ID-1, RM-4] says nothing of rooms and cursors of another identity', async () => {
    const world = await live('a');
    world.say('a', 'a1');
    await world.clock.advance(100);
    world.asked.splice(0);
    world.connection.connect('bob');
    await world.clock.advance(100);
    world.join('a');
    world.say('a', 'for bob only from here');
    await world.clock.advance(100);
    expect(world.asked).toEqual([
      { event: 'CONNECT', args: [{ v: 1, rooms: [] }] },
      { event: 'holdfast:join', args: [['a']] },
    ]);
  });
});

describe('catching up', () => {
  test('[SV-8, MS-4] live messages wait for the first packet, and come after what was missed', async () => {
    const world = await live('a');
    world.slowness = 200;
    world.network = 'down';
    world.lose();
    world.say('a', 'a1');
    world.network = 'up';
    world.asked.splice(0);
    while (world.rooms.length === 0) await world.clock.advance(1);
    world.say('a', 'a2');
    await world.clock.advance(1_000);
    expect(world.texts).toEqual(['a1', 'a2']);
    expect(world.gaps).toEqual([]);
  });

  test('[SV-8] more than one packet holds is asked for page by page', async () => {
    const world = await live('a', 'b');
    world.page = 10;
    await lostAndBack(world, () => {
      for (let index = 1; index <= 25; index += 1) world.say('a', `a${index}`);
      for (let index = 1; index <= 5; index += 1) world.say('b', `b${index}`);
    });
    expect(world.texts.filter((text) => text.startsWith('a'))).toEqual(
      Array.from({ length: 25 }, (_, index) => `a${index + 1}`),
    );
    expect(world.texts.filter((text) => text.startsWith('b'))).toEqual(['b1', 'b2', 'b3', 'b4', 'b5']);
    expect(world.gaps).toEqual([]);
  });

  test('[SV-8, SY-1] a page that does not come is asked for again, and nothing is lost or doubled', async () => {
    const world = await live('a');
    world.page = 10;
    world.mute.add('holdfast:join');
    world.network = 'down';
    world.lose();
    for (let index = 1; index <= 25; index += 1) world.say('a', `a${index}`);
    world.network = 'up';
    await world.clock.advance(12_000);
    expect(world.texts).toEqual([]);
    world.mute.clear();
    await world.clock.advance(30_000);
    expect(world.texts).toEqual(Array.from({ length: 25 }, (_, index) => `a${index + 1}`));
    expect(world.gaps).toEqual([]);
  });

  test('[SV-8] what is not for this client leaves no gap, live or missed', async () => {
    const world = await live('a');
    world.say('a', 'a1');
    world.say('a', 'not for us', true);
    world.say('a', 'a3');
    await world.clock.advance(100);
    await lostAndBack(world, () => {
      world.say('a', 'not for us', true);
      world.say('a', 'a5');
      world.say('a', 'not for us', true);
    });
    world.say('a', 'a7');
    await world.clock.advance(100);
    expect(world.texts).toEqual(['a1', 'a3', 'a5', 'a7']);
    expect(world.gaps).toEqual([]);
    expect(world.connection.stats().duplicatesDropped).toBe(0);
    expect(events(world)).toEqual(['CONNECT']);
  });

  test.each(['trim', 'wipe'] as const)(
    '[SY-3, SV-8] a log that the server no longer has is told once, as a reload; what follows comes (%s)',
    async (what) => {
      const world = await live('a', 'b');
      for (const room of ['a', 'b']) world.say(room, `${room}1`);
      await world.clock.advance(100);
      await lostAndBack(world, () => {
        for (const room of ['a', 'b'])
          for (let index = 2; index < 10; index += 1) world.say(room, `${room}${index}`);
        for (const room of ['a', 'b']) world[what](room);
        if (what === 'trim') for (const room of ['a', 'b']) world.trim(room);
      });
      expect(world.gaps).toMatchObject([{ reason: 'cursor-unknown', reload: true }]);
      world.say('a', 'after');
      await world.clock.advance(100);
      expect(world.texts).toEqual(['a1', 'b1', 'after']);
      await lostAndBack(world, () => world.say('b', 'missed after'));
      expect(world.texts).toEqual(['a1', 'b1', 'after', 'missed after']);
      expect(world.gaps).toHaveLength(1);
    },
  );

  test('[SV-8, SY-3] the room is named where only one log was lost', async () => {
    const world = await live('a', 'b');
    await lostAndBack(world, () => {
      world.say('b', 'b1');
      world.wipe('a');
    });
    expect(world.gaps).toMatchObject([{ reason: 'cursor-unknown', stream: 'a', reload: true }]);
    expect(world.texts).toEqual(['b1']);
  });

  test('[SV-8, MS-3] a log that begins anew under a live link is told, and none of its messages is taken for an old one', async () => {
    const world = await live('a');
    for (let index = 1; index <= 5; index += 1) world.say('a', `old ${index}`);
    await world.clock.advance(100);
    world.wipe('a');
    for (let index = 1; index <= 3; index += 1) world.say('a', `new ${index}`);
    await world.clock.advance(100);
    expect(world.gaps).toMatchObject([{ reason: 'cursor-unknown', stream: 'a', reload: true }]);
    world.say('a', 'new 4');
    await world.clock.advance(100);
    expect(world.texts.slice(5)).toEqual(['new 4']);
    expect(world.gaps).toHaveLength(1);
  });

  test('[SV-8] a log that nothing was written to may get another name: who keeps it is asked, and nothing is missing', async () => {
    const world = await live('a');
    world.rename('a');
    await lostAndBack(world, () => world.rename('a'));
    world.rename('a');
    world.say('a', 'a1');
    await world.clock.advance(100);
    world.say('a', 'a2');
    await world.clock.advance(100);
    expect(world.texts).toEqual(['a1', 'a2']);
    expect(world.gaps).toEqual([]);
  });

  test('[SV-8, SY-3] a server that keeps no logs any more is told of as a reload', async () => {
    const world = await live('a');
    world.say('a', 'a1');
    await world.clock.advance(100);
    world.lie = () => ({ rooms: [{ ok: true, reset: true }] });
    await lostAndBack(world);
    expect(world.gaps).toMatchObject([{ reason: 'cursor-unknown', stream: 'a', reload: true }]);
    await lostAndBack(world);
    expect(world.asked).toEqual([{ event: 'CONNECT', args: [{ v: 1, rooms: ['a'] }] }]);
    expect(world.gaps).toHaveLength(1);
  });

  test('[SV-8] a room that is left and joined again begins anew: what came between was not for this client', async () => {
    const world = await live('a');
    world.say('a', 'before');
    await world.clock.advance(100);
    world.connection.leave('a');
    await world.clock.advance(100);
    world.say('a', 'between');
    world.join('a');
    await world.clock.advance(100);
    world.say('a', 'after');
    await world.clock.advance(100);
    expect(world.texts).toEqual(['before', 'after']);
    expect(world.gaps).toEqual([]);
  });

  test('[SV-8] is forbidden where the room is: the membership is refused, and the others go on', async () => {
    const world = await live('a', 'b');
    await lostAndBack(world, () => {
      world.say('a', 'secret');
      world.say('b', 'b1');
      world.forbidden.add('a');
    });
    expect(world.texts).toEqual(['b1']);
    expect(world.rooms).toEqual(['b']);
  });

  test('[RM-2, SV-2] who is taken out of a room while connected is told at once', async () => {
    const world = new LogWorld();
    const membership = world.join('a');
    world.connection.connect('alice');
    await world.clock.advance(100);
    world.remove('a', 'left the team');
    await world.clock.advance(100);
    expect(membership.state).toMatchObject({
      state: 'refused',
      cause: { answer: { code: 'removed', reason: 'left the team' } },
    });
    await lostAndBack(world);
    expect(world.rooms).toEqual([]);
  });
});

describe('after a restart of the client', () => {
  test('[SV-8] a room goes on after the cursor that the app has kept, with the handshake', async () => {
    const world = new LogWorld();
    const cursor = world.say('a', 'a1');
    world.say('a', 'a2');
    world.join('a', cursor);
    world.connection.connect('alice');
    await world.clock.advance(100);
    expect(world.heard).toEqual([{ room: 'a', text: 'a2', replayed: true }]);
    expect(events(world)).toEqual(['CONNECT']);
    expect(world.statuses).toEqual([
      'idle',
      'authenticating/credential',
      'authenticating/handshake',
      'connected/restoring',
      'connected/live',
    ]);
  });

  test('[SV-8] the same while live', async () => {
    const world = await live('b');
    const cursor = world.say('a', 'a1');
    world.say('a', 'a2');
    world.join('a', cursor);
    await world.clock.advance(100);
    world.say('a', 'a3');
    await world.clock.advance(100);
    expect(world.texts).toEqual(['a2', 'a3']);
    expect(world.gaps).toEqual([]);
  });

  test('[SV-8, ER-1] what is no cursor is an error at once', async () => {
    const world = await live();
    for (const after of ['', 'x', 'g0:-1', 'g0:1e9', 5 as unknown as string]) {
      expect(() => world.join('a', after)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
    }
    expect(world.rooms).toEqual([]);
  });
});

describe('a sign of life', () => {
  test('[EN-2, RM-3] comes with the rooms in it: a ghost session is found, and what it did not hear is caught up on', async () => {
    const world = await live('a');
    world.haunt();
    world.say('a', 'unheard');
    world.signal('visible');
    await world.clock.advance(30_000);
    expect(events(world)).toEqual(['CONNECT', 'holdfast:probe', 'CONNECT']);
    expect(world.texts).toEqual(['unheard']);
    expect(world.rooms).toEqual(['a']);
  });

  test('[EN-2] is not asked of a server that did not greet: it may not know the event, and would be taken for dead', async () => {
    const world = new LogWorld();
    world.mute.add('holdfast:hello');
    world.connection.connect('alice');
    await world.clock.advance(100);
    world.signal('visible');
    await world.clock.advance(30_000);
    expect(events(world)).toEqual(['CONNECT']);
    expect(world.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
  });
});
