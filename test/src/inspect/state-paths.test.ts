import { describe, expect, test } from 'vitest';
import { changesBetween, statePaths } from '../../../src/inspect/state-paths.ts';

const live = { connected: { session: 'live', stability: 'unproven', health: 'healthy' } };

describe('the active states', () => {
  test('[IN-2] are told from the outermost in, every region of them', () => {
    expect(statePaths('idle')).toEqual(['idle']);
    expect(statePaths({ reconnecting: { credential: 'dialing' } })).toEqual([
      'reconnecting',
      'reconnecting.credential',
      'reconnecting.credential.dialing',
    ]);
    expect(statePaths(live)).toEqual([
      'connected',
      'connected.session',
      'connected.session.live',
      'connected.stability',
      'connected.stability.unproven',
      'connected.health',
      'connected.health.healthy',
    ]);
    expect(statePaths(undefined)).toEqual([]);
  });
});

describe('a step', () => {
  test.each([
    [
      'from state to state',
      'idle',
      { authenticating: { credential: 'dialing' } },
      [['idle', 'authenticating']],
    ],
    [
      'within a state',
      { reconnecting: 'waiting' },
      { reconnecting: { credential: 'dialing' } },
      [['reconnecting.waiting', 'reconnecting.credential']],
    ],
    [
      'in two regions at once',
      live,
      { connected: { session: 'live', stability: 'proven', health: { probing: 'asking' } } },
      [
        ['connected.stability.unproven', 'connected.stability.proven'],
        ['connected.health.healthy', 'connected.health.probing'],
      ],
    ],
    ['that stays', live, live, []],
    ['out of regions', live, 'idle', [['connected', 'idle']]],
  ])('[IN-2] %s leads along the edges that are drawn', (_, before, after, expected) => {
    expect(changesBetween(before, after)).toEqual(expected);
  });
});
