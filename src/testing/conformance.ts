import { attemptPlays } from './conformance/attempts.ts';
import { endingPlays, recoveryPlays } from './conformance/endings.ts';
import { openLinkPlays } from './conformance/open-links.ts';
import type { LinkUnderTest } from './conformance/port.ts';
import { Scene } from './conformance/scene.ts';
import { signPlays } from './conformance/signs-of-life.ts';

export type { HandshakeBehaviour, LinkUnderTest, ServerHands } from './conformance/port.ts';

/** One promise of the `Link` port. `run` rejects when it does not hold, and says what the link told. */
export interface ConformanceCase {
  readonly name: string;
  /** Of the spec. */
  readonly clauses: readonly string[];
  /** Plays it once, on a link and a server of its own. */
  run(): Promise<void>;
}

/** What a link need not be able to do. */
export interface ConformanceOptions {
  /** Whether the server of the factory can give back a session that the network broke. Default true. */
  readonly recovers?: boolean;
  /** Whether the link can ask for a sign of life: whether it has a `probe`. Default true. */
  readonly probes?: boolean;
}

/**
 * What every link must do, for a link of your own (TS-4). No test framework is needed; any will do. The factory makes
 * a link and a server for every case.
 *
 * @example
 * for (const each of linkConformance(makeMyLink)) test(each.name, each.run);
 */
export function linkConformance(
  factory: () => LinkUnderTest | Promise<LinkUnderTest>,
  { recovers = true, probes = true }: ConformanceOptions = {},
): readonly ConformanceCase[] {
  const plays = [
    ...attemptPlays,
    ...openLinkPlays,
    ...endingPlays,
    ...(probes ? signPlays : []),
    ...(recovers ? recoveryPlays : []),
  ];
  return plays.map(({ name, clauses, play }) => ({
    name,
    clauses,
    async run() {
      const subject = await factory();
      try {
        const scene = new Scene(subject);
        try {
          await play(scene);
        } finally {
          await scene.session.close();
        }
      } finally {
        await subject.close();
      }
    },
  }));
}
