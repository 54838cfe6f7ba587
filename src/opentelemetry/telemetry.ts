import { type Meter, metrics, type Tracer, trace } from '@opentelemetry/api';
import { Subscription } from 'rxjs';
import type { Connection } from '../connection-api.ts';
import type { EventsMap } from '../events-map.ts';
import { type ConnectionSnapshot, statusOf } from '../status.ts';
import { Attempts } from './attempts.ts';
import { countBacklog, countGaps, countStates, Growth } from './counts.ts';
import { instrumentsOf, type Words } from './instruments.ts';
import { Outages } from './outages.ts';

/** Where `telemetry` tells things, and what it adds to them. */
export interface TelemetryOptions {
  /** Where numbers go. Default: the meter `holdfast` of the provider that is registered when `telemetry` is called. */
  readonly meter?: Meter;
  /** Where spans go. Default: the tracer `holdfast` of the provider that is registered. */
  readonly tracer?: Tracer;
  /** Put on every number and span, such as the name of the connection where an app has several. Default none. */
  readonly attributes?: Words;
}

/**
 * Tells OpenTelemetry what a connection does: a span and a duration for each attempt, losses by reason, the time until a
 * lost link is live again, gaps, renewals, and what waits in the outbox. docs/telemetry.md has the names. Identities,
 * payloads, rooms and credentials are not among it.
 *
 * Call it after the SDK was started: the API gives a meter that forgets everything before.
 *
 * @returns What ends it. It ends by itself when the connection is disposed of.
 * @example
 * const connection = createConnection({ link: socketIo(url), credential });
 * telemetry(connection);
 */
export function telemetry<S extends EventsMap, C extends EventsMap>(
  connection: Connection<S, C>,
  {
    meter = metrics.getMeter('holdfast'),
    tracer = trace.getTracer('holdfast'),
    attributes = {},
  }: TelemetryOptions = {},
): () => void {
  const instruments = instrumentsOf(meter);
  const attempts = new Attempts(tracer, instruments, attributes);
  const outages = new Outages(instruments, attributes);
  const growth = new Growth(instruments, attributes, connection.stats());
  const watch = (snapshot: ConnectionSnapshot) => {
    const [status, stats] = [statusOf(snapshot), connection.stats()];
    attempts.see(status, snapshot.context, stats.refusals);
    outages.see(status);
    growth.see(stats);
  };
  watch(connection.actor.getSnapshot());

  const all = new Subscription(() => attempts.end('stopped'));
  all.add(connection.actor.subscribe(watch));
  all.add(countStates(connection, instruments, attributes));
  all.add(countBacklog(connection, instruments, attributes));
  all.add(countGaps(connection, instruments, attributes));
  all.add(connection.status$.subscribe({ complete: () => all.unsubscribe() }));
  return () => all.unsubscribe();
}
