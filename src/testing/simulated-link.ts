import { clampDelay } from '../../machines/policy.ts';
import type { Observed } from '../../machines/verdict.ts';
import { Calls } from '../link/calls.ts';
import { type Auth, type Link, LinkCallError, type LinkSession, type LinkSink } from '../link/link.ts';
import { flows, type LinkWorld } from './link-world.ts';
import { Pipe } from './pipe.ts';
import type { Handshake, Message } from './server.ts';

/** A simulated link, and the hands of the world on its open ends. */
export interface SimulatedLink {
  /** What goes into the options of a connection. */
  readonly link: Link;
  /** Attempts and links that are not over. */
  live(): readonly LiveAttempt[];
  /** The network is back: what was under way arrives. */
  flow(): void;
  /** Dials so far. */
  dials(): number;
  /** Ends what is open, as the client sees it. */
  cut(observed?: Partial<Observed>): void;
  /** The server loses what is open out of its rooms, without a word: it answers still, and says nothing more. */
  haunt(): void;
  /** The server sends an event on what is open. */
  say(event: string, ...args: unknown[]): void;
}

/** An attempt that is under way, or a link that is open. */
export interface LiveAttempt {
  /** Which dial of the world it is, the first being 1. */
  readonly number: number;
  readonly epoch: number;
  readonly identity: string;
  /** The transport is open: the server sees a connection. */
  readonly isThrough: boolean;
  readonly isOpen: boolean;
  /** Connected, and in none of the server's rooms: nothing that it says arrives. */
  readonly isGhost: boolean;
  readonly session: { readonly rooms: ReadonlySet<string> };
}

interface Attempt extends LiveAttempt {
  isOpen: boolean;
  isGhost: boolean;
  isOver: boolean;
  isThrough: boolean;
  isSent: boolean;
  auth: Auth | null | undefined;
  /** What the server lets it stay for. */
  token: unknown;
  /** Who waits for a sign of life, which is under way then. */
  asker: (() => void) | null;
  readonly session: Session;
  /** What is under way to the server, and from it. */
  readonly up: Pipe;
  readonly down: Pipe;
}

interface Session {
  readonly identity: string;
  readonly sink: LinkSink;
  readonly calls: Calls;
  /** What the server has kept of a session that the network broke: what it said since. Null: there is none. */
  missed: { readonly event: string; readonly args: readonly unknown[] }[] | null;
  /** Where the server has the last link of this session. */
  rooms: Set<string>;
}

const latency: Record<'up' | 'slow', number> = { up: 1, slow: 700 };

export function createSimulatedLink(world: LinkWorld): SimulatedLink {
  const attempts = new Set<Attempt>();
  const kept = new Set<Session>();
  let dials = 0;

  /** The attempt or link is over before anybody hears of it, so that the sink may dial again at once. */
  function over(attempt: Attempt): void {
    attempt.isOver = true;
    attempts.delete(attempt);
    attempt.session.calls.loseAll();
    attempt.down.break(0);
    attempt.up.break(world.random());
  }

  /** Tells the sink unless the attempt was over already; a rude link tells all the same. */
  function tell(attempt: Attempt, wasOver: boolean, say: (sink: LinkSink) => void): void {
    if (!wasOver || world.isRude) say(attempt.session.sink);
  }

  function end(attempt: Attempt, say: (sink: LinkSink) => void): void {
    const wasOver = attempt.isOver;
    if (!wasOver) over(attempt);
    tell(attempt, wasOver, say);
  }

  function keep(session: Session, does: boolean): void {
    session.missed = does ? [] : null;
    if (does) kept.add(session);
    else kept.delete(session);
  }

  function fail(attempt: Attempt, observed: Partial<Observed>): void {
    end(attempt, (sink) => sink.failed(attempt.epoch, { during: 'failed', message: 'no way', ...observed }));
  }

  function cut(attempt: Attempt, observed: Partial<Observed> = {}): void {
    const isFarewell = observed.reason === 'io server disconnect';
    if (!attempt.isOpen) {
      // A server says goodbye to what it has accepted; anything else it can only cut.
      if (!isFarewell) fail(attempt, { reason: 'transport close', ...observed });
      return;
    }
    if (!attempt.isOver) keep(attempt.session, !isFarewell);
    end(attempt, (sink) =>
      sink.lost(attempt.epoch, { during: 'lost', message: 'lost', reason: 'transport close', ...observed }),
    );
  }

  function dial(attempt: Attempt): void {
    const network = world.network();
    if (!world.onDial() || network === 'silent') return;
    if (network === 'down') {
      world.defer('the network refuses', 1, () => fail(attempt, { systemCode: 'ENETUNREACH' }));
      return;
    }
    world.defer('the transport opens', latency[network], () => {
      attempt.isThrough = true;
      handshake(attempt);
    });
  }

  function handshake(attempt: Attempt): void {
    if (attempt.isOver || attempt.isSent || !attempt.isThrough || attempt.auth === undefined) return;
    attempt.isSent = true;
    const network = world.network();
    if (network === 'silent' || network === 'down') return;
    const { auth, session } = attempt;
    world.defer('the handshake arrives', latency[network], () => {
      if (attempt.isOver) return;
      world.onPresented(session.identity, auth?.['token'], auth);
      world.server().onHandshake(handsOn(attempt, auth?.['token']));
    });
  }

  function handsOn(attempt: Attempt, token: unknown): Handshake {
    const { session } = attempt;
    return {
      identity: session.identity,
      token,
      isGood: world.isGood(token, session.identity),
      accept({ recovered = false } = {}) {
        if (attempt.isOpen || (attempt.isOver && !world.isRude)) return;
        attempt.isOpen = !attempt.isOver;
        const missed = recovered ? session.missed : null;
        if (attempt.isOpen) keep(session, false);
        if (attempt.isOpen) letStay(attempt, token);
        if (attempt.isOpen && missed === null) session.rooms = new Set();
        if (attempt.isOpen) world.onOpened(attempt, missed !== null);
        for (const { event, args } of missed ?? []) say(attempt, event, args, true);
        tell(attempt, attempt.isOver, (sink) => sink.opened(attempt.epoch, { recovered: missed !== null }));
      },
      refuse(data, message = 'no') {
        const observed: Observed = { during: 'refused', message, data };
        // Whoever hung up was not told: to them the credential is as good as before.
        if (!attempt.isOver) world.onRefused(token, observed);
        end(attempt, (sink) => sink.refused(attempt.epoch, observed));
      },
      cut: (observed) => cut(attempt, observed),
      say: (event, payload) => say(attempt, event, [payload]),
      later: (ms, act) => world.defer('the server comes back to it', ms, act),
    };
  }

  /** Until the credential runs out, unless another one is taken before. */
  function letStay(attempt: Attempt, token: unknown): void {
    attempt.token = token;
    const left = world.lifeOf(token);
    if (left === null) return;
    world.defer('the credential runs out', left, () => {
      if (attempt.isOver || attempt.token !== token) return;
      say(attempt, 'holdfast:bye', [{ code: 'expired' }]);
      cut(attempt, { reason: 'io server disconnect' });
    });
  }

  function say(attempt: Attempt, event: string, args: readonly unknown[], replayed = false): void {
    tell(attempt, attempt.isOver, (sink) => sink.received(attempt.epoch, event, args, replayed));
  }

  /** Brings something through a pipe, as fast as the network is; a network that is away keeps it until it is back. */
  function pass(pipe: Pipe, label: string, arrive: () => void): void {
    pipe.put(arrive);
    const network = world.network();
    world.defer(label, network === 'slow' ? latency.slow : latency.up, () => {
      if (flows(world.network())) pipe.deliver(arrive);
    });
  }

  function send(attempt: Attempt, event: string, args: readonly unknown[], answer: (value: unknown) => void) {
    const { identity, session, down } = attempt;
    const { rooms } = session;
    pass(attempt.up, `${event} arrives`, () => {
      const message: Message = {
        identity,
        event,
        args,
        rooms,
        renew(token) {
          if (!world.isGood(token, identity)) return false;
          letStay(attempt, token);
          return true;
        },
        answer: (value) => attempt.isOver || pass(down, `${event} is answered`, () => answer(value)),
      };
      const server = world.server();
      if (server.onMessage === undefined) world.onMessage(message);
      else server.onMessage(message);
    });
  }

  /** Any server gives it, whatever it does with handshakes and messages: one that runs is enough. */
  function ask(attempt: Attempt, answered: () => void): void {
    const isAsked = attempt.asker !== null;
    attempt.asker = answered;
    if (isAsked) return;
    const isOver = () => attempt.isOver && !world.isRude;
    pass(attempt.up, 'the probe arrives', () => {
      if (isOver()) return;
      pass(attempt.down, 'the probe is answered', () => {
        const { asker } = attempt;
        attempt.asker = null;
        if (isOver()) return;
        try {
          asker?.();
        } catch {
          // A defect of who asked, which is none of the network's.
        }
      });
    });
  }

  function open(identity: string, sink: LinkSink): LinkSession {
    const session: Session = { identity, sink, calls: new Calls(), missed: null, rooms: new Set() };
    let current: Attempt | null = null;
    let isClosed = false;

    function leave(keepSession: boolean): void {
      if (current === null || current.isOver) return;
      if (current.isOpen) keep(session, keepSession);
      over(current);
    }

    function openAttempt(): Attempt | null {
      return current?.isOpen === true && !current.isOver ? current : null;
    }

    return {
      dial(epoch) {
        if (isClosed || !(epoch > (current?.epoch ?? Number.NEGATIVE_INFINITY))) return;
        leave(false);
        dials += 1;
        current = {
          number: dials,
          epoch,
          identity,
          session,
          isOpen: false,
          isGhost: false,
          isOver: false,
          isThrough: false,
          isSent: false,
          auth: undefined,
          token: undefined,
          asker: null,
          up: new Pipe(),
          down: new Pipe(),
        };
        attempts.add(current);
        dial(current);
      },
      authenticate(epoch, auth) {
        if (current?.epoch !== epoch || current.auth !== undefined) return;
        current.auth = auth === null ? null : auth.expose();
        handshake(current);
      },
      hangUp(epoch, { keepSession }) {
        if (current?.epoch === epoch) leave(keepSession);
      },
      emit(event, args) {
        const attempt = openAttempt();
        if (attempt === null) return false;
        send(attempt, event, args, () => {});
        return true;
      },
      call(event, args, timeout) {
        const attempt = openAttempt();
        if (attempt === null) return Promise.reject(new LinkCallError('not-open'));
        const heard = world.onCall({ link: attempt, event, args });
        return session.calls.make((answered) => {
          send(attempt, event, args, (value) => {
            heard({ value });
            answered(null, value);
          });
          world.defer('no answer', clampDelay(timeout), () => {
            heard(null);
            answered(new LinkCallError('timeout'), null);
          });
          return true;
        });
      },
      probe(answered) {
        const attempt = openAttempt();
        if (attempt !== null) ask(attempt, answered);
      },
      async close() {
        isClosed = true;
        leave(false);
        keep(session, false);
      },
    };
  }

  return {
    link: { open },
    live: () => [...attempts],
    flow() {
      for (const { up, down } of [...attempts]) {
        up.deliverAll();
        down.deliverAll();
      }
    },
    dials: () => dials,
    cut(observed) {
      for (const attempt of [...attempts]) cut(attempt, observed);
    },
    haunt() {
      for (const attempt of attempts) {
        if (!attempt.isOpen) continue;
        attempt.isGhost = true;
        attempt.session.rooms.clear();
      }
    },
    say(event, ...args) {
      for (const attempt of attempts) {
        if (!attempt.isOpen || attempt.isGhost) continue;
        world.onSaid();
        say(attempt, event, args);
      }
      for (const { missed } of kept) missed?.push({ event, args });
    },
  };
}
