import { BehaviorSubject } from 'rxjs';
import { createActor, createMachine, SimulatedClock } from 'xstate';
import { connectionMachine } from '../machines/connection.ts';
import { defaultPolicy } from '../machines/policy.ts';
import type { Ports } from '../machines/ports.ts';
import { classifySocketIo } from '../machines/verdict.ts';
import { createConnection, type Link } from '../src/index.ts';
import { inertPorts } from '../src/testing/inert-ports.ts';
import { alternate, type Bench, difference, type Row, ratiosOf, row } from './harness.ts';

const rounds = 15;
const days = 1_000;
const changes = 3_000;
const crowds = [1, 10, 100] as const;

/** What the chart costs, and what those who watch it do. No network: the rest of a connection is measured elsewhere. */
export const machine: Bench = {
  name: 'machine',
  title: `the chart by itself, with ports that do nothing, against an XState machine of two states; a change of status with ${crowds.join(', ')} subscribers, against a BehaviorSubject; all by processor time`,
  async measure() {
    return { rows: [...(await transitions()), ...(await statusChanges())], targets: [] };
  },
};

async function transitions(): Promise<Row[]> {
  const found = await alternate(
    { bare: async () => rateOf(toggle()), ours: async () => rateOf(chart()) },
    { rounds },
  );
  return [
    row('an XState machine of two states', 'events a second of the processor', found.bare),
    row('the chart', 'events a second of the processor', found.ours),
    row('the chart by two states', '', ratiosOf(found.ours, found.bare)),
  ];
}

/** Each `day` is so many events. */
const eventsADay = 8;

/** In a second of processor time: nothing here waits for anything. */
function rateOf(day: () => void): number {
  const cpuAtStart = process.cpuUsage();
  for (let n = 0; n < days; n += 1) day();
  return (days * eventsADay * 1e6) / spentSince(cpuAtStart);
}

/** µs of the processor. */
function spentSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function toggle(): () => void {
  const actor = createActor(
    createMachine({
      initial: 'on',
      states: { on: { on: { press: 'off' } }, off: { on: { press: 'on' } } },
    }),
  ).start();
  return () => {
    for (let n = 0; n < eventsADay; n += 1) actor.send({ type: 'press' });
  };
}

/** Of a provider that always has one: an event of its own, with each attempt. */
const generous: Ports['credential'] = {
  ...inertPorts.credential,
  call({ epoch }, settle) {
    settle({ type: 'credential.granted', epoch, refusedBefore: false });
    return () => {};
  },
};

/** A day of a connection: connected, lost, attempted again, connected, left. */
function chart(): () => void {
  const clock = new SimulatedClock();
  const ports = { ...inertPorts, now: () => clock.now(), random: () => 0.5, classify: classifySocketIo };
  const actor = createActor(connectionMachine, {
    clock,
    input: {
      ports: { ...ports, credential: generous },
      policy: defaultPolicy,
      deadlines: { credential: 10_000, handshake: 20_000, probe: 5_000 },
      hasProvider: true,
      restore: { hasSync: false, retries: { rooms: 2, missed: 0 } },
      world: { online: true, visible: true },
    },
  }).start();
  const verdict = classifySocketIo({ during: 'lost', message: 'lost', reason: 'transport close' });
  const epoch = () => actor.getSnapshot().context.epoch;
  const opened = () => actor.send({ type: 'link.opened', epoch: epoch(), recovered: false });
  const day = [
    () => actor.send({ type: 'user.connect' }),
    opened,
    () => actor.send({ type: 'link.lost', epoch: epoch(), verdict }),
    () => actor.send({ type: 'user.retry' }),
    opened,
    () => actor.send({ type: 'user.disconnect' }),
  ];
  const places = ['authenticating', 'connected', 'reconnecting', 'reconnecting', 'connected', 'idle'];
  // Or it would be measured how fast events are ignored.
  for (const [at, step] of day.entries()) {
    step();
    if (!actor.getSnapshot().matches(places[at] as 'idle')) throw new Error(`step ${at} went elsewhere`);
  }
  return () => {
    for (const step of day) step();
  };
}

async function statusChanges(): Promise<Row[]> {
  const ours = crowds.map(connectionWatchedBy);
  const bare = crowds.map(subjectWatchedBy);
  // All in one rotation, since the difference between few and many is what is asked for.
  const contenders = Object.fromEntries([
    ...crowds.map((crowd, at) => [`ours ${crowd}`, async () => costOf(ours[at]?.change)] as const),
    ...crowds.map((crowd, at) => [`bare ${crowd}`, async () => costOf(bare[at])] as const),
  ]);
  const found = await alternate(contenders, { rounds });
  for (const { end } of ours) await end();
  const of = (kind: 'ours' | 'bare', crowd: number) => found[`${kind} ${crowd}`] ?? [];
  const [few, , many] = crowds;
  const further = (kind: 'ours' | 'bare') =>
    difference(of(kind, many), of(kind, few)).map((extra) => (1_000 * extra) / (many - few));
  return [
    ...crowds.map((crowd) => row(`BehaviorSubject.next, ${crowd} subscribed`, 'µs', of('bare', crowd))),
    ...crowds.map((crowd) => row(`a change of status, ${crowd} subscribed`, 'µs', of('ours', crowd))),
    row('BehaviorSubject.next, each further subscriber', 'ns', further('bare')),
    row('a change of status, each further subscriber', 'ns', further('ours')),
  ];
}

/** µs of the processor for one; `change` tells how many it made. */
function costOf(change: (() => number) | undefined): number {
  if (change === undefined) throw new Error('nobody is there');
  const cpuAtStart = process.cpuUsage();
  let made = 0;
  while (made < changes) made += change();
  return spentSince(cpuAtStart) / made;
}

function subjectWatchedBy(subscribers: number): () => number {
  const subject = new BehaviorSubject(0);
  let seen = 0;
  for (let n = 0; n < subscribers; n += 1)
    subject.subscribe(() => {
      seen += 1;
    });
  return () => {
    subject.next(seen);
    return 1;
  };
}

/** A whole connection over a link that opens at once. */
function connectionWatchedBy(subscribers: number) {
  const connection = createConnection({ link: instant, credential: false });
  let seen = 0;
  for (let n = 0; n < subscribers; n += 1)
    connection.status$.subscribe(() => {
      seen += 1;
    });
  return {
    change() {
      const before = seen;
      connection.connect();
      if (connection.getStatus().state !== 'connected') throw new Error('the link did not open at once');
      connection.disconnect();
      return (seen - before) / subscribers;
    },
    end: () => connection.dispose(),
  };
}

const instant: Link = {
  open: (_identity, sink) => ({
    dial() {},
    authenticate: (epoch) => sink.opened(epoch, { recovered: false }),
    hangUp() {},
    emit: () => true,
    call: async () => null,
    close: async () => {},
  }),
};
