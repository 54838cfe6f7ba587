import { describe, expect, test } from 'vitest';
import type { Standing } from '../../../../src/inspect/report.ts';
import { Desk } from '../../../../src/inspect/view/desk.ts';
import { begin, step } from '../../../support/reports.ts';

function standing(state: Standing['status']['state']): { to: string; now: Standing } {
  return { to: state, now: { states: [state], status: { state }, dueIn: null } };
}

function typesOn(desk: Desk): string[] {
  return desk.view.entries.map((entry) => entry.step.event.type);
}

describe('what the panel knows', () => {
  test('[IN-2] is nothing before the first connection', () => {
    const nothing = { now: null, edges: [], entries: [], count: 0, unseen: 0, earliest: 0, heardAt: null };
    expect(new Desk().view).toEqual(nothing);
  });

  test('[IN-2] keeps the last edges lit over events that took none', () => {
    const desk = new Desk();
    desk.take(step('1', 'link.lost', { edges: ['connected > reconnecting'] }));
    desk.take(step('1', 'user.retry'));
    expect(desk.view.edges).toEqual(['connected > reconnecting']);
    expect(desk.view.count).toBe(2);
  });

  test('[IN-2] goes on counting while it is paused, shows what it showed, and catches up', () => {
    const desk = new Desk();
    desk.take(step('1', 'a'));
    desk.togglePause();
    desk.take(step('1', 'b', { to: 'exhausted' }));
    expect(desk.isPaused).toBe(true);
    expect(typesOn(desk)).toEqual(['a']);
    expect(desk.view).toMatchObject({ count: 1, unseen: 1, now: { states: ['idle'] } });
    desk.filter('nothing like it');
    expect(typesOn(desk)).toEqual([]);
    desk.filter('');
    desk.togglePause();
    expect(typesOn(desk)).toEqual(['a', 'b']);
    expect(desk.view).toMatchObject({ count: 2, unseen: 0 });
  });

  test('[IN-2] looks at the first connection, at another when asked, and at the next one when it has ended', () => {
    const desk = new Desk();
    desk.take(begin('1'));
    desk.take(begin('2'));
    desk.take(step('2', 'of the second'));
    expect([desk.connections, desk.selected]).toEqual([['1', '2'], '1']);
    desk.select('2');
    expect(typesOn(desk)).toEqual(['of the second']);
    desk.take({ kind: 'end', connection: '2', at: 0 });
    expect(desk.selected).toBe('2');
    desk.take(begin('3'));
    expect(desk.selected).toBe('3');
  });

  test('[IN-2] goes back in time, to where it began, and follows again at the end', () => {
    const desk = new Desk();
    desk.take(begin('1'));
    desk.take(step('1', 'a', { ...standing('authenticating'), edges: ['idle > authenticating'] }));
    desk.take(step('1', 'b', standing('authenticating')));
    desk.take(step('1', 'c', { ...standing('exhausted'), edges: ['authenticating > exhausted'] }));
    expect(desk.view).toMatchObject({ count: 3, unseen: 0, earliest: 0 });

    desk.goTo(2);
    expect(desk.isPaused).toBe(true);
    expect(typesOn(desk)).toEqual(['a', 'b']);
    const there = { now: { states: ['authenticating'] }, edges: ['idle > authenticating'] };
    expect(desk.view).toMatchObject({ ...there, count: 2, unseen: 1, heardAt: null });

    desk.filter('a');
    desk.filter('');
    expect(typesOn(desk)).toEqual(['a', 'b']);

    desk.goTo(0);
    expect(desk.view).toMatchObject({
      now: { states: ['idle'] },
      edges: [],
      entries: [],
      count: 0,
      unseen: 3,
    });

    desk.take(step('1', 'd'));
    expect(desk.view).toMatchObject({ count: 0, unseen: 4 });
    desk.goTo(4);
    expect(desk.isPaused).toBe(false);
    expect(typesOn(desk)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('[IN-2] cannot go back to what is forgotten', () => {
    const desk = new Desk();
    desk.take(begin('1'));
    for (let n = 0; n < 3; n += 1) desk.take(step('1', 'before'));
    desk.clear();
    expect(desk.view.earliest).toBe(3);
    desk.take(step('1', 'after', standing('exhausted')));
    expect(desk.view.earliest).toBe(4);
    desk.goTo(1);
    expect(desk.view).toMatchObject({ count: 4, now: { states: ['exhausted'] } });
  });

  test('[IN-2] no time passes for a connection that has ended', () => {
    const desk = new Desk();
    desk.take(step('1', 'a'));
    expect(desk.view.heardAt).toEqual(expect.any(Number));
    desk.take({ kind: 'end', connection: '1', at: 0 });
    expect(desk.view.heardAt).toBeNull();
  });

  test('[IN-2] filters every connection by the same words', () => {
    const desk = new Desk();
    desk.take(step('1', 'a'));
    desk.filter('b');
    desk.take(step('2', 'a'));
    desk.take(step('2', 'b'));
    desk.select('2');
    expect(typesOn(desk)).toEqual(['b']);
  });

  test('[IN-2] clears what is shown, not what comes', () => {
    const desk = new Desk();
    desk.clear();
    desk.take(step('1', 'a'));
    desk.togglePause();
    desk.clear();
    expect(typesOn(desk)).toEqual([]);
    desk.togglePause();
    desk.take(step('1', 'b'));
    expect(typesOn(desk)).toEqual(['b']);
  });

  test('[IN-2] gives its log in the form of a trace, where the connection itself cannot be asked', () => {
    const desk = new Desk();
    desk.take(step('1', 'user.connect', { at: 5, to: 'authenticating.credential.dialing' }));
    expect(desk.log()).toEqual({
      version: 1,
      startedAt: 5,
      entries: [
        { at: 5, event: { type: 'user.connect' }, from: 'idle', to: 'authenticating.credential.dialing' },
      ],
    });
  });
});
