import { describe, expect, test } from 'vitest';
import type { LinkEvent } from '../../machines/events.ts';
import { type Classifier, classifySocketIo, type Observed } from '../../machines/verdict.ts';
import { systemClock } from '../../src/clock.ts';
import { CredentialDesk } from '../../src/credential.ts';
import type { Dialect } from '../../src/dialect/dialect.ts';
import { plain } from '../../src/dialect/plain.ts';
import { Line } from '../../src/line.ts';
import type { LinkSession, LinkSink } from '../../src/link/link.ts';
import { type Problem, Problems } from '../../src/problems.ts';

/** A line over a link whose sessions do what the test says, and note what they were told. */
function createLine(
  behave: Partial<LinkSession> & { open?: () => void } = {},
  {
    readBye,
    renew,
    classify = classifySocketIo,
  }: { readBye?: Dialect['readBye']; renew?: string; classify?: Classifier } = {},
) {
  const told: string[] = [];
  const sinks: LinkSink[] = [];
  const events: LinkEvent[] = [];
  const delivered: string[] = [];
  const desk = new CredentialDesk(() => 'token');
  const problems = new Problems(systemClock, desk);
  const reported: Problem[] = [];
  problems.problems$.subscribe((problem) => reported.push(problem));
  const line = new Line({
    link: {
      open(identity, sink) {
        told.push(`open ${identity}`);
        behave.open?.();
        sinks.push(sink);
        return {
          dial: (epoch) => void told.push(`dial ${epoch}`),
          authenticate: (epoch) => void told.push(`authenticate ${epoch}`),
          hangUp: (epoch, { keepSession }) => void told.push(`hang up ${epoch}, keep ${keepSession}`),
          emit: () => true,
          call: async () => null,
          close: async () => void told.push(`close ${identity}`),
          ...behave,
        };
      },
    },
    desk,
    dialect: { ...plain(renew === undefined ? {} : { renew }), ...(readBye !== undefined && { readBye }) },
    deadlines: { credential: 10_000, handshake: 20_000, probe: 5_000 },
    classify,
    problems,
    machine: { send: (event) => void events.push(event) },
    inbox: { deliver: (event) => void delivered.push(event) },
  });
  return {
    line,
    desk,
    told,
    sinks,
    events,
    delivered,
    problems: () => reported.map(({ message }) => message),
  };
}

const boom = () => {
  throw new Error('boom');
};

describe('the line', () => {
  test('[LK-1, ID-1] opens one session an identity, and closes that of the former', () => {
    const { line, told } = createLine();
    line.open('alice');
    line.open('alice');
    line.dial(1);
    line.open('bob');
    expect(told).toEqual(['open alice', 'dial 1', 'close alice', 'open bob']);
  });

  test('[LK-1] dials on the session that there is, and opens none for nobody', () => {
    const { line, told, events, problems } = createLine();
    line.dial(1);
    expect(told).toEqual([]);
    expect(problems()).toEqual(['the link in dial threw: Error: there is no session']);
    expect(events).toMatchObject([{ type: 'link.failed', epoch: 1 }]);
    line.open('alice');
    line.dial(2);
    line.dial(3);
    line.close();
    line.dial(4);
    expect(told).toEqual(['open alice', 'dial 2', 'dial 3', 'close alice']);
    expect(events).toHaveLength(2);
  });

  test('[LC-13] opens again for the next attempt what could not be opened for one', () => {
    let isBroken = true;
    const { line, told, problems } = createLine({ open: () => isBroken && boom() });
    line.open('alice');
    expect(problems()).toEqual(['the link in open threw: Error: boom']);
    isBroken = false;
    line.dial(1);
    expect(told).toEqual(['open alice', 'open alice', 'dial 1']);
  });

  test.each(['dial', 'authenticate'] as const)('[LC-13] says that the link threw in %s', (what) => {
    const { line, events, problems } = createLine({ [what]: boom });
    line.open('alice');
    line[what](7);
    expect(problems()).toEqual([`the link in ${what} threw: Error: boom`]);
    expect(events).toMatchObject([
      {
        type: 'link.failed',
        epoch: 7,
        verdict: { message: expect.stringContaining(`in ${what}: Error: boom`) },
      },
    ]);
  });

  test('[LC-13, RE-9] a link that threw is judged as one that failed', () => {
    const seen: Observed[] = [];
    const classify: Classifier = (observed) => {
      seen.push(observed);
      return classifySocketIo(observed);
    };
    const { line } = createLine({ dial: boom }, { classify });
    line.open('alice');
    line.dial(7);
    expect(seen).toEqual([{ during: 'failed', message: 'the link threw in dial: Error: boom' }]);
  });

  test('[CR-9, CR-11] hands over what was granted for this very link, and nothing without a link', async () => {
    const called: unknown[] = [];
    const call = async (...args: unknown[]) => called.push(args);
    const { line, desk } = createLine({ call }, { renew: 'fresh' });
    const renew = (epoch: number) => line.renew(epoch, () => {})();
    renew(1);
    line.open('alice');
    renew(1);
    const request = { identity: 'alice', reason: 'connect', attempt: 1, forceRefresh: false } as const;
    await new Promise((settle) => desk.call({ ...request, epoch: 1 }, settle));
    renew(2);
    expect(called).toEqual([]);
    renew(1);
    expect(called).toEqual([['fresh', [{ token: 'token' }], 20_000]]);
  });

  test('[LC-4] hangs up for good, and nobody is hung up on without a session', () => {
    const { line, told, problems } = createLine();
    line.hangUp(0);
    line.open('alice');
    line.hangUp(1);
    expect(told).toEqual(['open alice', 'hang up 1, keep false']);
    expect(problems()).toEqual([]);
  });

  test('[LC-13] says that the link threw in hangUp, and in close', async () => {
    const { line, problems } = createLine({ hangUp: boom, close: boom });
    line.open('alice');
    line.hangUp(1);
    line.close();
    await line.closed();
    expect(problems()).toEqual([
      'the link in hangUp threw: Error: boom',
      'the link in close threw: Error: boom',
    ]);
  });

  test('[LC-10] is closed when every session that was ever opened is', async () => {
    const closings: (() => void)[] = [];
    const { line } = createLine({ close: () => new Promise((resolve) => closings.push(resolve)) });
    line.open('alice');
    line.open('bob');
    line.close();
    let isClosed = false;
    const closed = line.closed().then(() => {
      isClosed = true;
    });
    closings[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    closings[0]?.();
    await closed;
    // What is closed is let go of: a new one is waited for alone.
    line.open('carol');
    line.close();
    const again = line.closed();
    closings[2]?.();
    await again;
    expect(closings).toHaveLength(3);
  });

  test('[LC-10] one that is closed takes none with it that is still to close', async () => {
    const closings: (() => void)[] = [];
    const { line } = createLine({ close: () => new Promise((resolve) => closings.push(resolve)) });
    line.open('alice');
    line.open('bob');
    line.close();
    closings[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    let isClosed = false;
    const closed = line.closed().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    closings[1]?.();
    await closed;
  });

  test('[ID-1] hears only the session of the current identity', () => {
    const { line, sinks, delivered } = createLine();
    line.open('alice');
    expect(line.session()).not.toBeNull();
    sinks[0]?.received(1, 'first', [], false);
    line.open('bob');
    sinks[0]?.received(1, 'late', [], false);
    sinks[1]?.received(2, 'second', [], false);
    expect(delivered).toEqual(['first', 'second']);
    line.close();
    expect(line.session()).toBeNull();
  });

  test('[EN-2] tells whoever listens of every message, replayed or not, before the app hears of it', () => {
    const { line, sinks, delivered } = createLine();
    line.open('alice');
    const heard: number[] = [];
    const stop = line.listen(() => heard.push(delivered.length));
    sinks[0]?.received(1, 'first', [], true);
    sinks[0]?.received(1, 'holdfast:bye', [{}], false);
    expect(heard).toEqual([0, 1]);
    stop();
    sinks[0]?.received(1, 'last', [], false);
    expect(heard).toEqual([0, 1]);
  });

  test('[EN-2, ID-1] a message to another session is no sign of life for this one', () => {
    const { line, sinks } = createLine();
    line.open('alice');
    line.open('bob');
    const heard: string[] = [];
    line.listen(() => heard.push('heard'));
    sinks[0]?.received(1, 'late', [], false);
    expect(heard).toEqual([]);
    line.close();
    sinks[1]?.received(2, 'later', [], false);
    expect(heard).toEqual([]);
  });

  test('[EN-2] what opens, ends or is refused is no message', () => {
    const { line, sinks } = createLine();
    line.open('alice');
    const heard: string[] = [];
    line.listen(() => heard.push('heard'));
    sinks[0]?.opened(1, { recovered: false });
    sinks[0]?.lost(1, { during: 'lost', message: 'gone' });
    expect(heard).toEqual([]);
  });

  test('[EN-2] a listener that is replaced hears nothing, and stops nobody but itself', () => {
    const { line, sinks } = createLine();
    line.open('alice');
    const heard: string[] = [];
    const stopFirst = line.listen(() => heard.push('first'));
    const stopSecond = line.listen(() => heard.push('second'));
    stopFirst();
    sinks[0]?.received(1, 'message', [], false);
    stopSecond();
    stopSecond();
    sinks[0]?.received(1, 'message', [], false);
    expect(heard).toEqual(['second']);
  });

  test('[EN-2] may be listened to anew, or no longer, from within', () => {
    const { line, sinks, delivered } = createLine();
    line.open('alice');
    const heard: string[] = [];
    const stop = line.listen(() => {
      heard.push('first');
      stop();
      line.listen(() => heard.push('second'));
    });
    sinks[0]?.received(1, 'one', [], false);
    sinks[0]?.received(1, 'two', [], false);
    expect([heard, delivered]).toEqual([
      ['first', 'second'],
      ['one', 'two'],
    ]);
  });

  test('[RE-7] explains a loss by the last word of this very link, unless that was replayed', () => {
    const { line, sinks, events } = createLine();
    line.open('alice');
    const [sink] = sinks;
    const lose = (epoch: number) =>
      sink?.lost(epoch, { during: 'lost', message: 'gone', reason: 'io server disconnect' });
    const bye = { code: 'draining' };
    sink?.received(1, 'holdfast:bye', [bye], false);
    lose(1);
    lose(2);
    sink?.received(3, 'holdfast:bye', [bye], true);
    lose(3);
    expect(events.map((event) => 'verdict' in event && event.verdict.code)).toEqual([
      'draining',
      'kicked',
      'kicked',
    ]);
  });

  test('[RE-7] keeps the last word, whatever else comes before the loss', () => {
    const { line, sinks, events } = createLine();
    line.open('alice');
    sinks[0]?.received(1, 'holdfast:bye', [{ code: 'draining' }], false);
    sinks[0]?.received(1, 'news', [{ code: 'superseded' }], false);
    sinks[0]?.lost(1, { during: 'lost', message: 'gone', reason: 'io server disconnect' });
    expect(events).toMatchObject([{ type: 'link.lost', verdict: { code: 'draining' } }]);
  });

  test('[LC-13, RE-7] says that a dialect threw in reading the last word', () => {
    const { line, sinks, delivered, problems } = createLine({}, { readBye: boom });
    line.open('alice');
    sinks[0]?.received(1, 'news', [], false);
    expect(problems()).toEqual(['`dialect.readBye` threw: Error: boom']);
    expect(delivered).toEqual(['news']);
  });

  test('[LK-2] tells what the link says, with the epoch', () => {
    const { line, sinks, events } = createLine();
    line.open('alice');
    sinks[0]?.opened(4, { recovered: true });
    sinks[0]?.refused(5, { during: 'refused', message: 'no' });
    sinks[0]?.failed(6, { during: 'failed', message: 'no' });
    expect(events).toMatchObject([
      { type: 'link.opened', epoch: 4, recovered: true },
      { type: 'link.refused', epoch: 5 },
      { type: 'link.failed', epoch: 6 },
    ]);
  });
});
