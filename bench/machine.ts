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
const days = 3_000;
const changes = 8_000;
const crowds = [1, 10, 100] as const;

/** What the chart costs, and what those who watch it do. No network: the rest of a connection is measured elsewhere. */
export const machine: Bench = {
  name: 'machine',
  title: `the chart by itself, with ports that do nothing, against an XState machine of two states; a change of status with ${crowds.join(', ')} subscribers, against a BehaviorSubject`,
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
    row('an XState machine of two states', 'events/s', found.bare),
    row('the chart', 'events/s', found.ours),
    row('the chart by two states', '', ratiosOf(found.ours, found.bare)),
  ];
}

/** Each `day` is so many events. */
const eventsADay = 8;

function rateOf(day: () => void): number {
  const startedAt = performance.now();
  for (let n = 0; n < days; n += 1) day();
  return ((days * eventsADay) / (performance.now() - startedAt)) * 1_000;
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
  const rows: Row[] = [];
  const costs: { ours: number[]; bare: number[] }[] = [];
  for (const subscribers of crowds) {
    const ours = connectionWatchedBy(subscribers);
    const bare = subjectWatchedBy(subscribers);
    const found = await alternate(
      { bare: async () => costOf(bare), ours: async () => costOf(ours.change) },
      { rounds },
    );
    await ours.end();
    costs.push(found);
    rows.push(
      row(`BehaviorSubject.next, ${subscribers} subscribed`, 'µs', found.bare),
      row(`a change of status, ${subscribers} subscribed`, 'µs', found.ours),
    );
  }
  const [one, , many] = costs;
  if (one === undefined || many === undefined) return rows;
  const further = (kind: 'ours' | 'bare') =>
    difference(many[kind], one[kind]).map((extra) => (1_000 * extra) / (crowds[2] - crowds[0]));
  return [
    ...rows,
    row('BehaviorSubject.next, for each further subscriber', 'ns', further('bare')),
    row('a change of status, for each further subscriber', 'ns', further('ours')),
  ];
}

/** µs for one; `change` tells how many it made. */
function costOf(change: () => number): number {
  const startedAt = performance.now();
  let made = 0;
  while (made < changes) made += change();
  return (1_000 * (performance.now() - startedAt)) / made;
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
