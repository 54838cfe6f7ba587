import { SimulatedClock } from 'xstate';
import type { RestoringEvent } from '../../machines/events.ts';
import type { Identify, Merge } from '../../src/identify.ts';
import type { Gap } from '../../src/inbox/gap.ts';
import { type Inbound, Inbox } from '../../src/inbox.ts';
import { type Problem, Problems } from '../../src/problems.ts';
import type { Sync, SyncRequest } from '../../src/sync-port.ts';

/** A message of the tests: its payload says who it is. */
export interface Note {
  readonly id: string;
  readonly stream?: string;
  readonly sequence?: number;
  readonly version?: number;
}

export const byPayload: Identify = ({ payload }) => payload as Note;

/** A note whose id tells stream, sequence and version: `a3`, `a3v2`. */
export function note(text: string): Note {
  const [, stream = '', sequence = '', version = '0'] = /^([a-z]+)(\d+)(?:v(\d+))?$/.exec(text) ?? [];
  return { id: `${stream}${sequence}`, stream, sequence: Number(sequence), version: Number(version) };
}

export const items = (...texts: string[]) => texts.map((text) => ({ event: 'note', payload: note(text) }));

interface Options {
  readonly identify?: Identify | null;
  readonly fetch?: Sync;
  readonly merge?: Merge;
  readonly secret?: string;
  /** What the machine does when it hears of a gap. */
  readonly onGap?: () => void;
}

/** An inbox on a simulated clock, with the machine's part in the hands of the test. */
export function createInbox({ identify = byPayload, fetch, merge, secret, onGap }: Options = {}) {
  const clock = new SimulatedClock();
  const desk = { redact: <T>(said: T) => redact(said, secret) };
  const problems = new Problems(clock, desk as never);
  const told: Problem[] = [];
  problems.problems$.subscribe((problem) => told.push(problem));
  const asked: SyncRequest[] = [];
  let gapsHeard = 0;
  const inbox = new Inbox(clock, {
    identify,
    merge: merge ?? null,
    sync:
      (fetch && {
        fetch: (request: SyncRequest) => {
          asked.push(request);
          return fetch(request);
        },
        timeout: 1_000,
        retries: 2,
      }) ||
      null,
    problems,
    desk: desk as never,
    onGap: () => {
      gapsHeard += 1;
      onGap?.();
    },
  });
  const messages: Inbound[] = [];
  const gaps: Gap[] = [];
  /** Messages and gaps in the order in which the app heard of them. */
  const story: string[] = [];
  inbox.messages$.subscribe((message) => {
    messages.push(message);
    story.push(textOf(message));
  });
  inbox.gaps$.subscribe((gap) => {
    gaps.push(gap);
    story.push(`gap:${gap.reason}`);
  });
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const settled: RestoringEvent[] = [];
  const h = {
    inbox,
    clock,
    problems: told,
    asked,
    messages,
    gaps,
    story,
    settled,
    gapsHeard: () => gapsHeard,
    settle,
    async pass(ms: number) {
      clock.increment(ms);
      await settle();
    },
    /** Live messages. */
    say(...texts: string[]) {
      for (const text of texts) inbox.deliver('note', [note(text)], false);
    },
    replay(...texts: string[]) {
      for (const text of texts) inbox.deliver('note', [note(text)], true);
    },
    /** One try of the step `missed`. */
    catchUp: (identity = 'alice') =>
      inbox.catchUp({ identity, rooms: ['lobby'], epoch: 7 }, (event) => settled.push(event)),
    /** What the machine does after a link that was not recovered, when all goes well at once. */
    async reconnect() {
      inbox.hold();
      h.catchUp();
      await settle();
      inbox.release();
    },
    codes: () => told.map(({ code }) => code),
  };
  return h;
}

function redact<T>(said: T, secret: string | undefined): T {
  return typeof said === 'string' && secret !== undefined ? (said.replaceAll(secret, '***') as T) : said;
}

/** `a3`, with `v2` for a version and a star for what was replayed. */
function textOf({ payload, replayed }: Inbound): string {
  const { id, version } = (payload ?? {}) as Partial<Note>;
  return `${id}${version ? `v${version}` : ''}${replayed ? '*' : ''}`;
}
