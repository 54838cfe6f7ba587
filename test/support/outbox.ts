import { defaultPolicy } from '../../machines/policy.ts';
import type { FailureCode } from '../../machines/verdict.ts';
import { plain } from '../../src/dialect/plain.ts';
import { LinkCallError, type LinkSession } from '../../src/link/link.ts';
import { Outbox, type OutboxParts } from '../../src/outbox/outbox.ts';
import { defaultOutbox, type OutboxSettings } from '../../src/outbox/settings.ts';
import type { OutboxEntry, OutboxStore } from '../../src/outbox/store.ts';
import { createVirtualClock, settlePromises, type VirtualClock } from '../../src/testing/clock.ts';

/** One message on the wire, with the hands of a server on it. */
export interface Call {
  readonly event: string;
  readonly payload: unknown;
  readonly args: readonly unknown[];
  isOpen: boolean;
  /** Acknowledges. */
  answer(said?: unknown): void;
  fail(reason: LinkCallError['reason']): void;
}

export interface HandSession {
  readonly calls: Call[];
  isOpen: boolean;
  maxPayload: number | null;
  /** Those without an answer. */
  readonly open: Call[];
  readonly payloads: unknown[];
  readonly last: Call;
  loseAll(): void;
  readonly session: LinkSession;
}

/** A session whose server is the test, with the deadlines of a real one. */
export function createHandSession(clock: VirtualClock): HandSession {
  const calls: Call[] = [];
  const hands: HandSession = {
    calls,
    isOpen: true,
    maxPayload: null,
    get open(): Call[] {
      return calls.filter((call) => call.isOpen);
    },
    get payloads(): unknown[] {
      return calls.map(({ payload }) => payload);
    },
    get last(): Call {
      const call = calls.at(-1);
      if (call === undefined) throw new Error('nothing was sent');
      return call;
    },
    /** As when the link breaks: its calls are lost, and then the machine hears of it. */
    loseAll(): void {
      for (const call of hands.open) call.fail('lost');
    },
    session: {
      dial() {},
      authenticate() {},
      hangUp() {},
      emit: () => false,
      call(event: string, args: readonly unknown[], timeout: number): Promise<unknown> {
        if (!hands.isOpen) return Promise.reject(new LinkCallError('not-open'));
        return new Promise((resolve, reject) => {
          const end = () => {
            call.isOpen = false;
            clock.clearTimeout(timer as never);
          };
          const call: Call = {
            event,
            payload: args[0],
            args,
            isOpen: true,
            answer(said) {
              end();
              resolve(said);
            },
            fail(reason) {
              end();
              reject(new LinkCallError(reason));
            },
          };
          const timer = clock.setTimeout(() => call.fail('timeout'), timeout);
          calls.push(call);
        });
      },
      maxPayload: () => hands.maxPayload,
      close: async () => {},
    },
  };
  return hands;
}

type Given = Partial<OutboxSettings> & Partial<Pick<OutboxParts, 'dialect' | 'random' | 'id'>>;

/** An outbox on a virtual clock, for alice, with a link in the test's hands. */
export function createOutboxHarness({ dialect, random, id, ...settings }: Given = {}) {
  const clock = createVirtualClock(1_000_000);
  const problems: { code: string; message: string }[] = [];
  const hands = createHandSession(clock);
  const report = ({ code, message }: { code: string; message: string }) => problems.push({ code, message });
  const outbox = new Outbox({
    outbox: { ...defaultOutbox, ...settings },
    clock,
    random: random ?? (() => 0.5),
    id: id ?? null,
    dialect: dialect ?? plain(),
    desk: { redact: (said) => JSON.parse(JSON.stringify(said).replaceAll('sesame', '[redacted]')) },
    problems: {
      report,
      caught: (who, thrown) => report({ code: 'callback-threw', message: `${who} threw: ${thrown}` }),
    },
    policy: defaultPolicy,
  });
  outbox.belongTo('alice');
  return {
    outbox,
    clock,
    problems,
    hands,
    calls: hands.calls,
    settle: settlePromises,
    /** Accepts numbered messages of the event `say`. */
    say: (...payloads: unknown[]) => payloads.map((payload) => outbox.send('say', payload)),
    open() {
      hands.isOpen = true;
      outbox.open(hands.session);
    },
    /** The link breaks: its calls are lost, then the machine says so, and then the calls are heard. */
    async lose(code: FailureCode | null = 'transport-closed' as FailureCode) {
      hands.isOpen = false;
      hands.loseAll();
      outbox.pause();
      outbox.end(code);
      await settlePromises();
    },
    async answerAll() {
      while (hands.open.length > 0) {
        hands.open[0]?.answer('ok');
        await settlePromises();
      }
    },
  };
}

/** A store that does as it is told: throws, hangs, rejects, or takes its time until `release`. */
export function createHandStore(kept: OutboxEntry[] = []) {
  const log: string[] = [];
  const entries = new Map(kept.map((entry) => [entry.id, entry]));
  const owners = new Map(kept.map((entry) => [entry.id, 'alice']));
  const of = (identity: string) => [...entries.values()].filter(({ id }) => owners.get(id) === identity);
  type Method = 'load' | 'put' | 'remove' | 'clear' | 'close';
  const behaviours: Partial<Record<Method, 'throws' | 'rejects' | 'hangs' | 'waits'>> = {};
  const waiting: { method: Method; go: () => void; fail: () => void }[] = [];
  let found: ((left: { entries: OutboxEntry[]; corrupt: string[] }) => void) | null = null;

  function act<T>(method: Method, what: string, effect: () => T): T | Promise<T> {
    log.push(`${method} ${what}`.trim());
    switch (behaviours[method]) {
      case 'throws':
        throw new Error('disk full');
      case 'rejects':
        return Promise.reject(new Error('disk full'));
      case 'hangs':
      case 'waits':
        return new Promise((resolve, reject) => {
          waiting.push({
            method,
            go: () => resolve(effect()),
            fail: () => reject(new Error('disk full')),
          });
        });
      default:
        return effect();
    }
  }

  const store: OutboxStore = {
    load: (identity) => act('load', identity, () => ({ entries: of(identity), corrupt: [] })),
    put: (identity, entry) =>
      act('put', `${entry.payload}${entry.isTried ? ' tried' : ''}`, () => {
        entries.set(entry.id, entry);
        owners.set(entry.id, identity);
      }),
    remove: (_, id) => act('remove', `${entries.get(id)?.payload}`, () => void entries.delete(id)),
    clear: (identity) =>
      act('clear', '', () => {
        for (const { id } of of(identity)) entries.delete(id);
      }),
    watch(_, callback) {
      found = callback;
      return () => {
        found = null;
      };
    },
    close: () => act('close', '', () => {}),
  };
  return {
    store,
    log,
    entries,
    behaviours,
    waiting,
    /** What waited is done now. */
    async release(method?: Method) {
      for (const each of waiting.splice(0)) {
        if (method === undefined || each.method === method) each.go();
        else waiting.push(each);
      }
      await settlePromises();
    },
    leave: (...left: OutboxEntry[]) => found?.({ entries: left, corrupt: [] }),
    get isWatched() {
      return found !== null;
    },
  };
}

export function entryOf(payload: unknown, given: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    id: `old-${payload}`,
    event: 'say',
    payload,
    bytes: 10,
    once: false,
    acceptedAt: 900_000,
    expiresAt: null,
    isTried: false,
    ...given,
  };
}
