import { SpanStatusCode } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ConnectionOptions, plain } from '../../../src/index.ts';
import { telemetry } from '../../../src/opentelemetry/index.ts';
import { createHarness, type Harness } from '../../support/harness.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

interface Seen extends Harness {
  readonly stop: () => void;
  /** Each attempt that ended: how, and what it passed through. */
  attempts(): string[];
  spans: InMemorySpanExporter;
  /** Every number of this name, as `attributes: value`; of a histogram, `attributes: count × mean`. */
  numbers(name: string): Promise<Record<string, number | string>>;
  /** Real time and the connection's. */
  pass(ms: number): Promise<void>;
}

/** The SDK itself, with exporters that keep what they are given. */
function watched(options: Partial<ConnectionOptions> = {}, attributes = {}): Seen {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  const spans = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).getTracer(
    'test',
  );
  const h = createHarness(options);
  const stop = telemetry(h.connection, { meter, tracer, attributes });
  const { pass } = h;
  return Object.assign(h, {
    spans,
    stop,
    attempts: () =>
      spans.getFinishedSpans().map(({ attributes: words, events }) => {
        const phases = events.map(({ name }) => name).join(' ');
        return `${words['holdfast.attempt']} ${words['holdfast.reason']}: ${phases}: ${words['holdfast.outcome']}`;
      }),
    async numbers(name: string) {
      exporter.reset();
      await reader.forceFlush();
      const metrics = exporter
        .getMetrics()
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((s) => s.metrics));
      const found = metrics.find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
      return Object.fromEntries(
        found.map(({ attributes: words, value }) => [
          Object.values(words).join(' '),
          typeof value === 'number' ? value : `${value.count} × ${(value.sum ?? 0) / value.count}`,
        ]),
      );
    },
    async pass(ms: number) {
      vi.advanceTimersByTime(ms);
      await pass(ms);
    },
  });
}

describe('an attempt', () => {
  test('is a span, with its phases, and how it ended', async () => {
    const s = watched();
    s.connection.connect('alice');
    await s.pass(300);
    await s.grant();
    await s.pass(200);
    expect(s.attempts()).toEqual([]);
    s.dial.open();
    expect(s.attempts()).toEqual(['1 connect: credential handshake: accepted']);
    const [span] = s.spans.getFinishedSpans();
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(await s.numbers('holdfast.attempt.duration')).toEqual({ accepted: '1 × 0.5' });
  });

  test('that the server refuses ends with the code, and the one with a fresh credential is another', async () => {
    const s = watched();
    s.connection.connect('alice');
    await s.grant();
    s.dial.refuse({ code: 'expired' });
    await s.settle();
    await s.grant();
    s.dial.open();
    expect(s.attempts()).toEqual([
      '1 connect: credential handshake: expired',
      '1 refused: credential handshake: accepted',
    ]);
    const [refused] = s.spans.getFinishedSpans();
    expect(refused?.status.code).toBe(SpanStatusCode.ERROR);
    expect(refused?.attributes['error.type']).toBe('expired');
    expect(await s.numbers('holdfast.refreshes')).toEqual({ '': 1 });
  });

  test('that the user ends did not fail', async () => {
    const s = watched();
    s.connection.connect('alice');
    await s.settle();
    s.connection.disconnect();
    expect(s.attempts()).toEqual(['1 connect: credential: stopped']);
    expect(s.spans.getFinishedSpans()[0]?.status.code).toBe(SpanStatusCode.UNSET);
  });

  test('that fails tells of what', async () => {
    const s = watched();
    await s.goLive();
    await s.pass(5_000);
    s.dial.lose();
    await s.pass(500);
    await s.grant();
    s.dial.fail();
    expect(s.attempts()).toEqual([
      '1 connect: credential handshake: accepted',
      '1 reconnect: credential handshake: network',
    ]);
  });
});

describe('an outage', () => {
  test('lasts from the loss until the connection is live again', async () => {
    const s = watched();
    await s.goLive();
    await s.pass(5_000);
    s.dial.lose();
    await s.pass(500);
    await s.grant();
    await s.pass(250);
    s.dial.open();
    expect(await s.numbers('holdfast.outage.duration')).toEqual({ live: '1 × 0.75' });
    expect(await s.numbers('holdfast.losses')).toEqual({ 'transport-closed': 1 });
  });

  test('that ends in a rest tells in which', async () => {
    const s = watched({ reconnect: { maxAttempts: 1 } });
    await s.goLive();
    await s.pass(5_000);
    s.dial.lose();
    await s.pass(500);
    await s.grant();
    s.dial.fail();
    expect(s.connection.getStatus().state).toBe('exhausted');
    expect(await s.numbers('holdfast.outage.duration')).toEqual({ exhausted: '1 × 0.5' });
  });

  test('is none while the first attempts fail', async () => {
    const s = watched();
    s.connection.connect('alice');
    await s.grant();
    s.dial.fail();
    expect(s.connection.getStatus().state).toBe('reconnecting');
    await s.pass(500);
    await s.grant();
    s.dial.open();
    expect(await s.numbers('holdfast.outage.duration')).toEqual({});
  });
});

test('connections are counted by what they do, and not any more once they are gone', async () => {
  const s = watched();
  expect(await s.numbers('holdfast.connections')).toEqual({ idle: 1 });
  await s.goLive();
  expect(await s.numbers('holdfast.connections')).toEqual({ idle: 0, authenticating: 0, connected: 1 });
  await s.connection.dispose();
  const left = Object.values(await s.numbers('holdfast.connections'));
  expect(left.every((count) => count === 0)).toBe(true);
});

test('what waits in the outbox is counted, and is nothing once it is stopped', async () => {
  const s = watched();
  s.connection.connect('alice');
  s.connection.send('say', 'one');
  s.connection.send('say', 'two');
  await s.settle();
  expect(await s.numbers('holdfast.outbox.messages')).toEqual({ queued: 2 });
  expect((await s.numbers('holdfast.outbox.size'))['']).toBeGreaterThan(0);
  s.stop();
  expect(await s.numbers('holdfast.outbox.messages')).toEqual({ queued: 0 });
  expect(await s.numbers('holdfast.outbox.size')).toEqual({ '': 0 });
});

test('gaps are counted by reason', async () => {
  const s = watched({ identify: ({ payload }) => payload as { id: string; sequence: number } });
  await s.goLive();
  s.dial.say('note', { id: 'a', sequence: 7 });
  s.dial.say('note', { id: 'b', sequence: 9 });
  expect(await s.numbers('holdfast.gaps')).toEqual({ sequence: 1 });
});

test('a renewal is counted, and no attempt', async () => {
  const s = watched({ dialect: plain({ renew: 'renew' }), renew: { leadTime: 10_000 } });
  s.connection.connect('alice');
  await s.grant({ token: 'one', expiresIn: 60_000 });
  s.dial.open();
  s.answerWith(async () => ({ ok: true }));
  await s.pass(55_000);
  await s.grant({ token: 'two', expiresIn: 60_000 });
  expect(s.connection.stats().renewals).toBe(1);
  expect(await s.numbers('holdfast.renewals')).toEqual({ '': 1 });
  expect(s.attempts()).toHaveLength(1);
});

test('attributes of the app are on everything', async () => {
  const s = watched({}, { connection: 'chat' });
  await s.goLive();
  s.dial.lose();
  expect(await s.numbers('holdfast.losses')).toEqual({ 'chat transport-closed': 1 });
  expect(s.spans.getFinishedSpans()[0]?.attributes).toMatchObject({ connection: 'chat' });
});

test('an attempt under way when it is stopped ends, and nothing is told from then on', async () => {
  const s = watched();
  s.connection.connect('alice');
  await s.settle();
  s.stop();
  expect(s.attempts()).toEqual(['1 connect: credential: stopped']);
  await s.grant();
  s.dial.open();
  s.dial.lose();
  expect(s.attempts()).toHaveLength(1);
  expect(await s.numbers('holdfast.losses')).toEqual({});
});

test('[CR-12] neither identity nor credential nor what a server says is told', async () => {
  const s = watched();
  s.connection.connect('alice-the-secret');
  await s.grant('a-token-of-alice');
  s.dial.refuse({ code: 'unauthorized' }, 'no to a-token-of-alice');
  await s.settle();
  await s.grant('another-token-of-alice');
  s.dial.open();
  s.connection.send('say', 'private');
  const told = JSON.stringify([
    s.spans
      .getFinishedSpans()
      .map(({ name, attributes, events, status }) => [name, attributes, events, status]),
    await s.numbers('holdfast.attempt.duration'),
    await s.numbers('holdfast.outbox.messages'),
  ]);
  expect(told).toContain('unauthorized');
  expect(told).not.toMatch(/alice|token|private/);
});

test('without an SDK it costs nothing and throws nothing', async () => {
  const h = createHarness();
  const stop = telemetry(h.connection);
  await h.goLive();
  h.dial.lose();
  stop();
  expect(h.connection.getStatus().state).toBe('reconnecting');
});
