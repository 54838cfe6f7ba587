import { contentPlays } from './store-conformance/contents.ts';
import { identityPlays } from './store-conformance/identities.ts';
import { lastingPlays, lifePlays } from './store-conformance/life.ts';
import { orderPlays } from './store-conformance/order.ts';
import { type StorePlay, StoreScene, type StoreUnderTest } from './store-conformance/scene.ts';

export type { StoreUnderTest } from './store-conformance/scene.ts';

/** One promise of the `OutboxStore` port. `run` rejects when it does not hold, and says what the store gave. */
export interface StoreConformanceCase {
  readonly name: string;
  /** Of the spec. */
  readonly clauses: readonly string[];
  /** Plays it once, on a store of its own. */
  run(): Promise<void>;
}

/** What a store need not be able to do. */
export interface StoreConformanceOptions {
  /** Whether what is kept outlives the store that kept it, as nothing in a memory does. Default true. */
  readonly reopens?: boolean;
}

/**
 * What every store of an outbox must do, for a store of your own (TS-4). No test framework is needed; any will do. The
 * function makes a store with nothing in it for every case.
 *
 * @example
 * for (const each of outboxStoreConformance(makeMyStore)) test(each.name, each.run);
 */
export function outboxStoreConformance(
  makeStore: () => StoreUnderTest | Promise<StoreUnderTest>,
  { reopens = true }: StoreConformanceOptions = {},
): readonly StoreConformanceCase[] {
  const plays: readonly StorePlay[] = [
    ...orderPlays,
    ...identityPlays,
    ...contentPlays,
    ...lifePlays,
    ...(reopens ? lastingPlays : []),
  ];
  return plays.map(({ name, clauses, play }) => ({
    name,
    clauses,
    async run() {
      const subject = await makeStore();
      const scene = new StoreScene(subject, reopens);
      try {
        await play(scene);
      } finally {
        await scene.store.close?.();
        await subject.clean?.();
      }
    },
  }));
}
