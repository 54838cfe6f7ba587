import { setTimeout as pause } from 'node:timers/promises';
import { sum } from '../examples/shared/figures.ts';
import type { Sample } from './audit/trend.ts';
import type { Counts } from './clients/crowd.ts';
import type { Stage } from './stage.ts';

/** What can be told of the run so far. Bytes, and ms. */
export interface Figures extends Counts {
  readonly elapsed: number;
  readonly live: number;
  readonly clients: number;
  readonly sent: number;
  readonly acknowledged: number;
  /** Told to be anything but acknowledged. */
  readonly turnedDown: number;
  readonly received: number;
  readonly missing: number;
  readonly twice: number;
  /** Of the processes of clients, together. */
  readonly heap: number;
  /** Of the nodes, together. */
  readonly rss: number;
  /** The latest that an event loop of clients or nodes was since the last look. */
  readonly lag: number;
}

/** Looks at everything now and then, from when it is made until it is stopped. */
export class Watch {
  /** By process: those of clients, and the node that lives on. */
  readonly heaps = new Map<string, Sample[]>();
  worstLag = 0;
  readonly #stage: Stage;
  readonly #startedAt = performance.now();
  readonly #over = new AbortController();
  #last: Figures | undefined;
  #collectsAt = 0;
  readonly #looking: Promise<void>;

  /** `every`: seconds between two looks; `tell` hears of each. */
  constructor(stage: Stage, every: number, tell: (figures: Figures) => void) {
    this.#stage = stage;
    this.#looking = this.#keepLooking(every * 1_000, tell);
  }

  get last(): Figures | undefined {
    return this.#last;
  }

  /** How much of all clients was live when it was looked last, from 0 to 1. */
  get liveShare(): number {
    return this.#last === undefined ? 1 : this.#last.live / this.#last.clients;
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#looking;
  }

  async #keepLooking(every: number, tell: (figures: Figures) => void): Promise<void> {
    const { signal } = this.#over;
    let dueAt = performance.now() + every;
    while (!signal.aborted) {
      // Logs keep only so much, and members are ahead of what is read: so often, whatever is told.
      await pause(Math.min(readEvery, Math.max(0, dueAt - performance.now())), undefined, { signal }).catch(
        () => {},
      );
      await this.#stage.ledger.readOn();
      if (performance.now() < dueAt && !signal.aborted) continue;
      dueAt = performance.now() + every;
      this.#last = await this.#look();
      tell(this.#last);
    }
  }

  async #look(): Promise<Figures> {
    const { crowds, nodes, audit } = this.#stage;
    const elapsed = performance.now() - this.#startedAt;
    const collects = elapsed >= this.#collectsAt;
    if (collects) this.#collectsAt = elapsed + collectEvery;
    const [progress, counts, ofCrowds, ofNodes] = await Promise.all([
      Promise.all(crowds.map((crowd) => crowd.ask('progress'))),
      Promise.all(crowds.map((crowd) => crowd.ask('counts'))),
      Promise.all(crowds.map((crowd) => crowd.ask('measure', collects))),
      Promise.all(nodes.map((node) => this.#measure(node, collects))),
    ]);
    const veteran = ofNodes[0];
    if (collects) {
      for (const [index, { heap }] of ofCrowds.entries()) this.#keep(`clients ${index + 1}`, elapsed, heap);
      if (veteran != null) this.#keep('node 1', elapsed, veteran.heap);
    }
    const measured = [...ofCrowds, ...ofNodes.filter((each) => each !== null)];
    const lag = Math.max(...measured.map((each) => each.lag));
    this.worstLag = Math.max(this.worstLag, lag);
    const { live, clients } = sum(progress.map((part) => ({ ...part })));
    const { acknowledged = 0, ...others } = audit.sends.ends;
    return {
      elapsed,
      live,
      clients,
      losses: sum(counts.map(({ losses }) => losses)),
      refusals: sum(counts.map(({ refusals }) => refusals)),
      more: sum(counts.map(({ more }) => more)),
      sent: audit.sends.sent,
      acknowledged,
      turnedDown: Object.values(others).reduce((all, count) => all + count, 0),
      received: audit.received,
      missing: audit.breaches.count('missed') + audit.breaches.count('lost'),
      twice: audit.breaches.count('repeated') + audit.breaches.count('doubled'),
      heap: ofCrowds.reduce((all, { heap }) => all + heap, 0),
      rss: ofNodes.reduce((all, node) => all + (node?.rss ?? 0), 0),
      lag,
    };
  }

  async #measure(node: Stage['nodes'][number], collects: boolean) {
    const wasUp = node.isUp;
    const measured = await node.ask('measure', collects);
    if (wasUp && node.isUp && measured === null)
      this.#stage.audit.breaches.note('crash', `${node.name} ended by itself`);
    return measured;
  }

  #keep(process: string, at: number, bytes: number): void {
    const samples = this.heaps.get(process) ?? [];
    samples.push({ at, bytes });
    this.heaps.set(process, samples);
  }
}

/** ms. */
const readEvery = 1_000;
const collectEvery = 15_000;
