import { describe, expect, test } from 'vitest';
import { createActor, createMachine, type InspectionEvent } from 'xstate';
import { routes } from '../../../src/inspect/chart/places.ts';
import type { Report, StepReport } from '../../../src/inspect/report.ts';
import { Reporter } from '../../../src/inspect/reporter.ts';
import { replay } from '../../../src/testing/replay.ts';
import type { Trace } from '../../../src/trace.ts';
import { createHarness } from '../../support/harness.ts';

function createReporter() {
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report));
  return {
    reports,
    reporter,
    inspect: {
      next: (event: InspectionEvent) => reporter.next(event),
      watch: (connection: Parameters<Reporter['watch']>[0]) => reporter.watch(connection),
    },
    steps: () => reports.filter((report): report is StepReport => report.kind === 'step'),
  };
}

async function badDay(inspect: ReturnType<typeof createReporter>['inspect']) {
  const h = createHarness({ inspect });
  await h.goLive();
  h.dial.lose();
  await h.pass(400);
  return h;
}

describe('the reports about a connection', () => {
  test('[IN-2] begin with it, tell each event with the edges it took, and end with it', async () => {
    const seen = createReporter();
    const h = await badDay(seen.inspect);
    await h.connection.dispose();
    expect(seen.reports.map(({ kind }) => kind)).toEqual([
      'begin',
      'step',
      'step',
      'step',
      'step',
      'step',
      'end',
    ]);
    expect(seen.steps().map(({ event, to, edges }) => [event.type, to, ...edges])).toEqual([
      ['user.connect', 'authenticating.credential.dialing', 'idle > authenticating'],
      [
        'credential.granted',
        'authenticating.handshake',
        'authenticating.credential > authenticating.handshake',
      ],
      [
        'link.opened',
        'connected.(live,unproven,healthy,unneeded)',
        'authenticating > connected',
        'connected.session.restoring.rooms > connected.session.restoring.missed',
        'connected.renewal.deciding > connected.renewal.unneeded',
        'connected.session.restoring > connected.session.live',
      ],
      [
        'link.lost',
        'reconnecting.waiting',
        'connected > reconnecting',
        'reconnecting.scheduling > reconnecting.planning',
        'reconnecting.planning > reconnecting.waiting',
      ],
      ['user.dispose', 'idle', 'reconnecting > idle'],
    ]);
  });

  test('[IN-2] name only edges that are drawn', async () => {
    const seen = createReporter();
    const h = await badDay(seen.inspect);
    await h.pass(600);
    await h.grant();
    h.dial.refuse({ code: 'unauthorized' });
    await h.grant('another');
    h.dial.open();
    await h.pass(6_000);
    h.connection.disconnect();
    const taken = new Set(seen.steps().flatMap(({ edges }) => edges));
    expect(taken.size).toBeGreaterThan(10);
    const drawn = new Set(Object.keys(routes));
    // What leads to idle by a word of the user is drawn once, from anywhere.
    expect([...taken].filter((edge) => !drawn.has(edge) && !edge.endsWith(' > idle'))).toEqual([]);
  });

  test('[IN-2, ST-1] tell the status, why, and the time to the next attempt', async () => {
    const seen = createReporter();
    await badDay(seen.inspect);
    expect(seen.steps().at(-1)?.now).toEqual({
      states: ['reconnecting', 'reconnecting.waiting'],
      status: expect.objectContaining({
        state: 'reconnecting',
        phase: 'waiting',
        attempt: 2,
        cause: { code: 'transport-closed', message: 'lost', hint: expect.stringMatching(/\w/) },
      }),
      dueIn: 500,
    });
  });

  test('[IN-2] tell an event that changes nothing as one that stays', async () => {
    const seen = createReporter();
    const h = createHarness({ inspect: seen.inspect });
    h.connection.retry();
    expect(seen.steps()).toMatchObject([
      { event: { type: 'user.retry' }, from: 'idle', to: 'idle', edges: [] },
    ]);
  });

  test('[IN-2] hand out the trace, which can be played again', async () => {
    const seen = createReporter();
    const h = await badDay(seen.inspect);
    const trace = seen.reporter.trace(seen.reports[0]?.connection ?? '') as Trace;
    expect(trace).toEqual(h.connection.trace());
    expect(replay(JSON.parse(JSON.stringify(trace))).map(({ state }) => state)).toEqual(
      h.statuses.map(({ state }) => state),
    );
    expect(seen.reporter.trace('somebody else')).toBeUndefined();
  });

  test('[IN-2] keep several connections apart, each with its own trace', async () => {
    const seen = createReporter();
    const alice = createHarness({ inspect: seen.inspect });
    const bob = createHarness({ inspect: seen.inspect });
    await alice.goLive('alice');
    await bob.goLive('bob');
    const [first, second] = seen.reports
      .filter(({ kind }) => kind === 'begin')
      .map(({ connection }) => connection);
    expect(first).not.toBe(second);
    expect(seen.reporter.trace(first ?? '')).toEqual(alice.connection.trace());
    expect(seen.reporter.trace(second ?? '')).toEqual(bob.connection.trace());
  });

  test('[IN-2] leave out actors that are no connections', () => {
    const seen = createReporter();
    createActor(createMachine({ initial: 'idle', states: { idle: {}, connected: {} } }), {
      inspect: seen.inspect.next,
    }).start();
    expect(seen.reports).toEqual([]);
  });

  test('[IN-1, CR-12] hold no credential, also where a server echoes it', async () => {
    const seen = createReporter();
    const h = createHarness({ inspect: seen.inspect });
    h.connection.connect('alice');
    await h.grant('top-secret-token');
    h.dial.refuse({ code: 'unauthorized' }, 'the token top-secret-token is not valid');
    await h.grant({ token: 'another-secret-token', key: 'a-second-secret-beside-it' });
    h.dial.refuse({ code: 'x', token: 'another-secret-token' }, 'no a-second-secret-beside-it');
    await h.pass(60_000);
    const told = JSON.stringify(seen.reports);
    expect(told).toContain('link.refused');
    expect(told).not.toMatch(/secret/);
  });
});

describe('a connection introduces itself', () => {
  test('[IN-1] to an inspector that wants it, once', () => {
    const known: unknown[] = [];
    const h = createHarness({ inspect: { next() {}, watch: (connection) => known.push(connection) } });
    expect(known).toEqual([h.connection]);
  });

  test('[IN-1, LC-13] and goes on when that throws', async () => {
    const h = createHarness({
      inspect: {
        next() {},
        watch() {
          throw new Error('not at home');
        },
      },
    });
    await h.goLive();
    expect(h.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
  });
});
