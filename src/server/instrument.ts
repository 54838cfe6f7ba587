import { createRequire } from 'node:module';
import type { Registry } from 'prom-client';
import type { Namespace, Server, Socket } from 'socket.io';
import { answer, type Handler } from './answer.ts';
import { type Check, checkOptions, withMethods } from './checks.ts';
import { isDraining } from './drain.ts';
import { badOption, ServerError } from './errors.ts';
import { meterOf } from './history/meter.ts';
import { reasonOf } from './loss-reason.ts';
import { type Notice, namespaceOf, onNotice } from './notices.ts';

/** Where the metrics of a namespace are registered, and under which names. */
export interface InstrumentOptions {
  /** Where the metrics go. Default: prom-client's own global registry. */
  readonly registry?: Registry;
  /** What the names begin with. Default `holdfast_`; a second namespace on one registry needs another. */
  readonly prefix?: string;
}

/** What `instrument` gives. */
export interface Instruments {
  /** The one that was given, or the global one of `prom-client`. */
  readonly registry: Registry;
  /** Answers a scrape, under `http`, Express and Fastify. */
  readonly scrape: Handler;
}

/**
 * Prometheus metrics of a namespace, by the package `prom-client`; docs/operations.md has the list. Call it first: the
 * time of a handshake is counted from here, and what an earlier middleware refuses is not seen. No label has values that
 * a client could choose.
 *
 * @throws ServerError `bad-option`, also for a prefix that is taken in this registry, `unknown-option`, or
 * `package-missing` without `prom-client`.
 * @example
 * const { scrape } = instrument(io);
 * app.get('/metrics', scrape);
 */
export function instrument(io: Server | Namespace, options: InstrumentOptions = {}): Instruments {
  checkOptions('instrument()', options, {
    registry: withMethods('registerMetric', 'metrics', 'getSingleMetric'),
    prefix: metricPrefix,
  });
  const prom = promClient();
  const { registry = prom.register, prefix = 'holdfast_' } = options;
  if (registry.getSingleMetric(`${prefix}connections`)) {
    throw badOption('prefix', prefix, 'one that is not taken in this registry');
  }
  const namespace = namespaceOf(io);
  const registers = [registry];

  function counter<L extends string>(name: string, help: string, labelNames: L[] = []) {
    return new prom.Counter({ name: `${prefix}${name}`, help, labelNames, registers });
  }
  /** Not shown where there is no such number. */
  function gauge(name: string, help: string, read: () => number | undefined): void {
    new prom.Gauge({
      name: `${prefix}${name}`,
      help,
      registers,
      collect() {
        const value = read();
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  }
  function histogram(name: string, help: string, buckets: number[]) {
    return new prom.Histogram({ name: `${prefix}${name}`, help, buckets, registers });
  }

  gauge('connections', 'Connections that are open.', () => namespace.sockets.size);
  gauge('draining', '1 while the server sends everybody away.', () => Number(isDraining(namespace)));
  const history = () => meterOf(namespace)?.size();
  gauge('history_rooms', 'Rooms of which messages are kept.', () => history()?.rooms);
  gauge('history_messages', 'Messages that are kept.', () => history()?.messages);
  gauge('history_bytes', 'What they take, about.', () => history()?.bytes);
  gauge('history_behind', 'Messages that this node has yet to deliver.', () => history()?.behind);
  const begun = counter('handshakes_total', 'Handshakes that came to the middleware, or past it.');
  const accepted = counter('accepted_total', 'Handshakes that were accepted.', ['recovered']);
  const refusals = counter('refusals_total', 'Handshakes that were refused by holdfast, by code.', ['code']);
  const losses = counter('losses_total', 'Connections that ended, by the reason of Socket.IO.', ['reason']);
  const byes = counter('byes_total', 'Connections that the server ended with a word, by code.', ['code']);
  const renewals = counter('renewals_total', 'Credentials that were renewed on an open connection.');
  const deduplicated = counter('deduplicated_total', 'Messages that came again and got the first answer.');
  const badGreetings = counter('bad_greetings_total', 'Greetings in handshakes that were not understood.');
  const caughtUp = counter('history_caught_up_total', 'Messages that clients missed and were handed.');
  const resets = counter('history_resets_total', 'Rooms of which it could not be said what a client missed.');
  const failures = counter('failures_total', 'Handlers and other functions given to holdfast that threw.');
  const handshakes = histogram('handshake_seconds', 'From the middleware to accepted.', handshakeBuckets);
  const sessions = histogram(
    'session_seconds',
    'From accepted to the end of the connection.',
    sessionBuckets,
  );

  new prom.Counter({
    name: `${prefix}history_appends_total`,
    help: 'Messages that this node had kept.',
    registers,
    collect() {
      this.reset();
      this.inc(meterOf(namespace)?.appends() ?? 0);
    },
  });

  // A count for every message is too dear by way of a metric with labels; it is handed over when it is asked for.
  const traffic = { in: 0, out: 0 };
  new prom.Counter({
    name: `${prefix}messages_total`,
    help: 'Events, by direction; acknowledgements are none.',
    labelNames: ['direction'],
    registers,
    collect() {
      this.reset();
      this.inc({ direction: 'in' }, traffic.in);
      this.inc({ direction: 'out' }, traffic.out);
    },
  });

  const startOf = new WeakMap<Socket, number>();
  namespace.use((socket, next) => {
    startOf.set(socket, performance.now());
    begun.inc();
    next();
  });
  namespace.on('connection', (socket) => {
    const acceptedAt = performance.now();
    const start = startOf.get(socket);
    // A recovered session may pass all middleware by.
    if (start === undefined) begun.inc();
    else handshakes.observe((acceptedAt - start) / 1_000);
    accepted.inc({ recovered: String(socket.recovered) });
    socket.onAny(() => {
      traffic.in += 1;
    });
    socket.onAnyOutgoing(() => {
      traffic.out += 1;
    });
    socket.on('disconnect', (reason) => {
      losses.inc({ reason: reasonOf(reason) });
      sessions.observe((performance.now() - acceptedAt) / 1_000);
    });
  });
  const counts: { [K in Notice['kind']]?: (notice: Extract<Notice, { kind: K }>) => void } = {
    refused: ({ code }) => refusals.inc({ code }),
    bye: ({ code }) => byes.inc({ code }),
    renewed: () => renewals.inc(),
    deduplicated: () => deduplicated.inc(),
    'bad-greeting': () => badGreetings.inc(),
    'caught-up'(notice) {
      caughtUp.inc(notice.messages);
      resets.inc(notice.resets);
    },
    failed: () => failures.inc(),
  };
  onNotice(namespace, (notice) => (counts[notice.kind] as ((notice: Notice) => void) | undefined)?.(notice));

  return {
    registry,
    scrape(_, response) {
      registry.metrics().then(
        (text) => answer(response, 200, registry.contentType, text),
        () => answer(response, 500, 'text/plain', 'the metrics cannot be read'),
      );
    },
  };
}

const handshakeBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const sessionBuckets = [1, 5, 15, 60, 300, 900, 3_600, 14_400, 43_200, 86_400];

const metricPrefix: Check = {
  allowed: 'letters, digits and _, not beginning with a digit',
  accepts: (given) => typeof given === 'string' && /^[a-z_][a-z0-9_]*$/i.test(given),
};

/** Loaded when it is asked for: without metrics, nobody needs the package. */
function promClient(): typeof import('prom-client') {
  try {
    return createRequire(import.meta.url)('prom-client');
  } catch (cause) {
    throw new ServerError('package-missing', 'instrument() needs the package `prom-client`', { cause });
  }
}
