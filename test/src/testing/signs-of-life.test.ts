import { describe, expect, test } from 'vitest';
import { createConnection } from '../../../src/index.ts';
import { createWorld, type WorldOptions } from '../../../src/testing/index.ts';
import { shortly } from '../../support/harness.ts';

/** A connection that is live in a room of a simulated world. */
async function settled(options: WorldOptions = {}) {
  const world = createWorld(options);
  const connection = createConnection(world.options());
  const heard: unknown[] = [];
  connection.on('post').subscribe((post) => heard.push(post));
  connection.join('room');
  connection.connect('alice');
  await world.clock.advance(1_000);
  expect(connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
  const story: string[] = [];
  connection.subscribe(() => story.push(shortly(connection.getStatus())));
  return { world, connection, heard, story };
}

describe('a sign of life in a simulated world', () => {
  test.each(['up', 'slow'] as const)('[EN-2] comes while the network is %s', async (network) => {
    const { world, story } = await settled();
    world.network = network;
    world.signal('visible');
    await world.clock.advance(10_000);
    expect(story).toEqual([]);
    expect(world.backend.arrivals).toEqual([]);
  });

  test('[EN-2] does not come while the network is silent, and the link is given up', async () => {
    const { world, connection, story } = await settled();
    world.network = 'silent';
    world.signal('resumed');
    await world.clock.advance(5_000);
    expect(story).toEqual([]);
    await world.clock.advance(100);
    expect(story[0]).toMatch('reconnecting');
    expect(connection.stats().losses).toEqual({ 'ping-timeout': 1 });
  });

  test('[EN-2] comes late where the network was silent for a while', async () => {
    const { world, story } = await settled();
    world.network = 'silent';
    world.signal('visible');
    await world.clock.advance(4_000);
    world.network = 'up';
    await world.clock.advance(10_000);
    expect(story).toEqual([]);
  });

  test.each([false, true])(
    '[EN-2] of a link that is over changes nothing, rude or not: %s',
    async (isRude) => {
      const { world, connection } = await settled({ isRude });
      world.network = 'slow';
      world.signal('visible');
      connection.disconnect();
      connection.connect('alice');
      world.network = 'up';
      await world.clock.advance(10_000);
      expect(connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
      world.network = 'silent';
      world.signal('visible');
      await world.clock.advance(5_200);
      expect(connection.getStatus().state).toBe('reconnecting');
    },
  );
});

describe('a ghost session in a simulated world', () => {
  test('[RM-3] hears nothing, is found when the server says its rooms, and is replaced', async () => {
    const { world, connection, heard, story } = await settled({ saysRooms: true });
    world.haunt();
    world.post(false);
    await world.clock.advance(60_000);
    expect([story, heard]).toEqual([[], []]);
    world.signal('visible');
    await world.clock.advance(10);
    expect(connection.stats().losses).toEqual({ 'ghost-session': 1 });
    await world.clock.advance(1_000);
    expect(connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live', recovered: false });
    expect([...(world.link.live()[0]?.session.rooms ?? [])]).toEqual(['room']);
    world.post(false);
    expect(heard).toHaveLength(1);
  });

  test('[RM-3] is not found where the server does not say', async () => {
    const { world, story } = await settled();
    world.haunt();
    world.signal('visible');
    await world.clock.advance(10_000);
    expect(story).toEqual([]);
  });

  test('[RM-3] is not what a session is whose rooms are all there', async () => {
    const { world, story } = await settled({ saysRooms: true });
    world.signal('visible');
    await world.clock.advance(10_000);
    expect(story).toEqual([]);
  });
});
