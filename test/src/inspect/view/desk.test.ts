import { describe, expect, test } from 'vitest';
import { Desk } from '../../../../src/inspect/view/desk.ts';
import { begin, step } from '../../../support/reports.ts';

function typesOn(desk: Desk): string[] {
  return desk.view.entries.map((entry) => entry.step.event.type);
}

describe('what the panel knows', () => {
  test('[IN-2] is nothing before the first connection', () => {
    expect(new Desk().view).toEqual({ now: null, edges: [], entries: [], count: 0, unseen: 0 });
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
