import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { userName } from '../examples/cluster/rooms.ts';
import type { Place } from '../examples/shared/processes/places.ts';
import type { Options } from './options.ts';
import type { Stage } from './stage.ts';
import type { NodeOrders } from './world/node.ts';
import { type Fate, type NetworkFault, networkFaults, type Step, scenario } from './world/scenario.ts';

/** How often each kind of thing was done to network and nodes. */
export type Strokes = Readonly<Record<NetworkFault | 'kill' | 'drain' | 'kick', number>>;

/**
 * Plays the scenario, until the time is over or `signal` says so. It stands still while less than `calm` are live, by
 * `liveShare`: what is down already proves nothing. Resolves when all is whole again: network, nodes, clients.
 */
export async function storm(
  { nodes, network, groups, crowds, audit }: Stage,
  { minutes, clients, rate, seed, pace }: Options,
  liveShare: () => number,
  signal: AbortSignal,
): Promise<Strokes> {
  const strokes: Record<string, number> = {};
  // One for each fault that lasts.
  setMaxListeners(0, signal);
  const repairs = new Set<Promise<unknown>>();
  const repair = (work: Promise<unknown>) => {
    repairs.add(work);
    void work.finally(() => repairs.delete(work));
  };

  const wait = (ms: number) => pause(ms, undefined, { signal }).catch(() => {});
  const note = (kind: string) => {
    strokes[kind] = (strokes[kind] ?? 0) + 1;
  };
  const carryOut = (step: Step): void => {
    switch (step.kind) {
      case 'node': {
        const node = nodes[step.node];
        // It is not back yet from the last time.
        if (node?.isUp !== true) return;
        repair(fall(node, step.fate));
        note(step.fate);
        break;
      }
      case 'kick': {
        const user = userName(step.user);
        if (step.code === 'forbidden') audit.kick(user);
        repair(nodes[0]?.ask('kick', user, step.code) ?? Promise.resolve());
        note('kick');
        break;
      }
      case 'network':
        repair(strike(step));
        note(step.fault);
    }
  };
  const strike = async ({ group, fault, lasts }: Extract<Step, { kind: 'network' }>) => {
    await network.ask('strike', group, fault);
    if (networkFaults[fault] === 'momentary') return;
    await wait(lasts);
    await network.ask('heal', group);
  };

  await Promise.all(crowds.map((crowd) => crowd.ask('live', rate / crowds.length, pace / 100)));
  const until = minutes * 60_000;
  const startedAt = performance.now();
  /** For how long the scenario stood still, in ms. */
  let held = 0;
  const left = (at: number) => Math.max(0, at - (performance.now() - startedAt));
  const world = { seed, until, groups, nodes: nodes.length, users: 2 * clients, pace: pace / 100 };
  for (const step of scenario(world)) {
    await wait(left(step.at + held));
    const heldAt = performance.now();
    while (!signal.aborted && left(until) > 0 && liveShare() < calm) await wait(Math.min(1_000, left(until)));
    held += performance.now() - heldAt;
    if (signal.aborted || left(until) === 0) break;
    carryOut(step);
  }
  await wait(left(until));
  await Promise.all(crowds.map((crowd) => crowd.ask('rest')));
  while (repairs.size > 0) await Promise.all(repairs);
  const none = Object.fromEntries(
    [...Object.keys(networkFaults), 'kill', 'drain', 'kick'].map((kind) => [kind, 0]),
  );
  return { ...none, ...strokes } as Strokes;
}

/** So much of all clients. */
const calm = 0.6;

async function fall(node: Place<NodeOrders>, fate: Fate): Promise<void> {
  await (fate === 'kill' ? node.kill() : node.end());
  await node.start();
}
