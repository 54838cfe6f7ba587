import { describe, expect, test } from 'vitest';
import { createBareMachine } from '../support/bare-machine.ts';

/** A link that is accepted, proven and believed. */
function connected(options: Parameters<typeof createBareMachine>[0] = {}) {
  const m = createBareMachine(options);
  m.say({ type: 'user.connect', identity: 'alice' });
  m.grant();
  m.opened();
  m.clock.increment(5_000);
  m.news();
  return m;
}

describe('a link that may be dead', () => {
  test.each(['online', 'offline', 'visible', 'resumed'] as const)(
    '[EN-2] is asked for a sign of life after `%s`, and one keeps it',
    (signal) => {
      const m = connected();
      m.say(`world.${signal}`);
      expect([m.health(), m.news()]).toEqual(['probing.asking', ['probe']]);
      m.clock.increment(4_999);
      m.probed('answered');
      expect(m.health()).toBe('healthy');
      m.clock.increment(60_000);
      expect([m.health(), m.news()]).toEqual(['healthy', ['stop probe']]);
    },
  );

  test.each(['hidden', 'frozen'] as const)('[EN-2] is not asked after `%s`: nobody is there', (signal) => {
    const m = connected();
    m.say(`world.${signal}`);
    expect([m.health(), m.news()]).toEqual(['healthy', []]);
  });

  test('[EN-2] is lost when no sign of life came in time, and the server may recover its session', () => {
    const m = connected();
    m.say('world.visible');
    m.news();
    m.clock.increment(5_000);
    expect([m.health(), m.news()]).toEqual(['probing.overdue', []]);
    m.clock.increment(100);
    expect(m.place()).toBe('reconnecting.waiting');
    expect(m.context().cause).toMatchObject({
      code: 'ping-timeout',
      message: 'no sign of life within 5000 ms',
    });
    expect(m.news()).toEqual([
      'suspend 1',
      'pause session',
      'end session ping-timeout',
      'hang up 1',
      'stop probe',
    ]);
  });

  test('[EN-2] is kept by a sign of life that waited behind the timer', () => {
    const m = connected();
    m.say('world.resumed');
    m.clock.increment(5_000);
    m.clock.increment(50);
    m.probed('answered');
    m.clock.increment(60_000);
    expect(m.health()).toBe('healthy');
  });

  test('[EN-2] is probed once at a time: what happens meanwhile asks nothing more', () => {
    const m = connected();
    m.say('world.visible', 'world.offline', 'world.hidden', 'world.visible', 'world.frozen');
    expect(m.news()).toEqual(['probe']);
    m.clock.increment(5_000);
    m.clock.increment(100);
    expect(m.place()).toBe('reconnecting.offline');
  });

  test.each(['online', 'resumed'] as const)(
    '[EN-2] gets all of its time after `%s`: the question before may never have gone out',
    (signal) => {
      const m = connected();
      m.say('world.offline');
      m.clock.increment(4_900);
      m.say(`world.${signal}`);
      expect(m.news()).toEqual(['probe', 'stop probe', 'probe']);
      m.clock.increment(5_000);
      m.clock.increment(99);
      expect(m.health()).toBe('probing.overdue');
      m.clock.increment(1);
      expect(m.place()).toMatch('reconnecting');
    },
  );

  test('[EN-2] is not spared by a host that says `online` again and again', () => {
    const m = connected();
    m.say('world.visible');
    m.clock.increment(4_000);
    m.say('world.online');
    m.clock.increment(1_000);
    m.say('world.online');
    m.clock.increment(100);
    expect(m.place()).toBe('reconnecting.waiting');
  });

  test('[EN-2] is not what an older probe speaks of', () => {
    const m = connected();
    m.say('world.visible');
    m.say({ type: 'probe.answered', epoch: m.context().epoch - 1 });
    m.say({ type: 'probe.ghost', epoch: m.context().epoch - 1 });
    expect(m.health()).toBe('probing.asking');
  });

  test('[LC-7] proves itself meanwhile, and is restored meanwhile', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant();
    m.opened({ hasRooms: true });
    m.say('world.visible');
    m.clock.increment(4_000);
    m.restored();
    expect([m.session(), m.health()]).toEqual(['live', 'probing.asking']);
    m.clock.increment(1_000);
    expect(m.context().attempt).toBe(0);
  });

  test.each([
    ['disconnect', 'user.disconnect'],
    ['sign out', 'user.sign-out'],
    ['the loss of it', 'lost'],
  ])('[EN-2] is asked no longer after %s', (_, end) => {
    const m = connected();
    m.say('world.visible');
    if (end === 'lost') m.ends('lost');
    else m.say(end as 'user.disconnect');
    expect(m.news()).toContain('stop probe');
  });

  test('[RM-3] that is a ghost is left without a goodbye to its session, and a fresh one follows at once', () => {
    const m = connected();
    m.say('world.resumed');
    m.news();
    m.probed('ghost');
    expect(m.place()).toBe('reconnecting.credential.dialing');
    expect(m.context().cause?.code).toBe('ghost-session');
    expect(m.news()).not.toContain('suspend 1');
  });

  test('[RM-3, LC-7] that is a ghost again and again waits for its turn', () => {
    const m = connected();
    m.say('world.resumed');
    m.probed('ghost');
    m.grant();
    m.opened();
    m.say('world.resumed');
    m.probed('ghost');
    expect(m.place()).toBe('reconnecting.waiting');
  });
});

describe('a page that is put away', () => {
  test('[EN-3] gives its link up so that the server can recover the session, and has no timer', () => {
    const m = connected();
    m.say('world.suspended');
    expect(m.news()).toEqual(['pause session', 'end session', 'suspend 1']);
    expect(m.context()).toMatchObject({
      cause: { code: 'suspended', message: 'the page was put away' },
      world: { frozen: true },
    });
    m.clock.increment(24 * 60 * 60 * 1000);
    expect([m.place(), m.news()]).toEqual(['reconnecting.suspended', []]);
  });

  test.each(['resumed', 'visible'] as const)('[EN-3] makes one attempt at once on `%s`', (signal) => {
    const m = connected();
    m.say('world.suspended', 'world.hidden', 'world.frozen');
    m.clock.increment(60_000);
    m.say(`world.${signal}`, 'world.resumed', 'world.visible');
    expect(m.place()).toBe('reconnecting.credential.dialing');
    expect(m.news().filter((word) => word.startsWith('dial'))).toEqual(['dial 2']);
    expect(m.context()).toMatchObject({ attempt: 1, reason: 'reconnect', effort: { spent: 0 } });
  });

  test('[EN-3, RE-5] waits for the network where there is none', () => {
    const m = connected();
    m.say('world.suspended', 'world.offline', 'world.resumed');
    expect(m.place()).toBe('reconnecting.offline');
    m.say('world.online');
    m.clock.increment(250);
    expect(m.place()).toBe('reconnecting.credential.dialing');
  });

  test('[EN-3, LC-7] before its link was proven goes on with the count of attempts', () => {
    const m = createBareMachine();
    m.say('user.connect');
    for (const _ of [1, 2]) {
      m.grant();
      m.ends('failed');
      m.clock.increment(20_000);
    }
    m.grant();
    m.opened();
    m.say('world.suspended', 'world.resumed');
    expect(m.context().attempt).toBe(3);
  });

  test('[EN-3] does nothing where there is no link', () => {
    const m = createBareMachine();
    m.say('world.suspended');
    expect(m.place()).toBe('idle');
    m.say('user.connect', 'world.suspended');
    expect(m.place()).toBe('authenticating.credential.dialing');
    m.grant();
    m.ends('failed');
    m.say('world.suspended');
    expect(m.place()).toBe('reconnecting.waiting');
  });

  test('[EN-3, RE-6] that was waiting makes one attempt when it returns after the wait', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant();
    m.ends('failed');
    m.say('world.suspended');
    // The timers of a page that is put away stand still: only the clock goes on.
    const asleep = m.context().wait?.dueAt ?? 0;
    m.input.ports.now = () => asleep + 1;
    m.news();
    m.say('world.resumed');
    expect(m.place()).toBe('reconnecting.credential.dialing');
  });

  test('[EN-3] can be called back by hand', () => {
    const m = connected();
    m.say('world.suspended');
    m.news();
    m.say('user.credential-changed');
    expect([m.place(), m.context().reason]).toEqual(['reconnecting.suspended', 'changed']);
    m.say('user.retry');
    expect([m.place(), m.context().reason]).toEqual(['reconnecting.credential.dialing', 'retry']);
    expect(m.news().filter((word) => word === 'forgive')).toHaveLength(2);
  });
});
