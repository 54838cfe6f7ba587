import type { InspectionEvent } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import type { Watched } from '../inspection.ts';
import { type ConnectionSnapshot, type Status, statusOf } from '../status.ts';
import { pathOf } from '../trace.ts';
import { edgeName } from './chart/drawn-edges.ts';
import { plain } from './plain.ts';
import type { Report, Standing, StatusView, StepReport } from './report.ts';
import { changesBetween, statePaths } from './state-paths.ts';

/**
 * Turns what XState tells its inspectors into reports about connections. Other actors under the same inspector are left
 * out: it draws this chart, and knows no other.
 */
export class Reporter {
  readonly #tell: (report: Report) => void;
  readonly #seen = new Map<string, Seen>();
  /** The connection that was created last, until it introduces itself. */
  #newest: Seen | null = null;

  constructor(tell: (report: Report) => void) {
    this.#tell = tell;
  }

  /** The `next` of an inspection observer. */
  next(event: InspectionEvent): void {
    const { actorRef, rootId } = event;
    if (actorRef.sessionId !== rootId) return;
    if (event.type === '@xstate.actor' && isConnection(actorRef)) {
      this.#newest = { connection: rootId, snapshot: null, value: undefined, edges: [], watched: null };
      this.#seen.set(rootId, this.#newest);
      return;
    }
    const seen = this.#seen.get(rootId);
    if (seen === undefined) return;
    if (event.type === '@xstate.microstep') {
      const { value } = event.snapshot as ConnectionSnapshot;
      seen.edges.push(...changesBetween(seen.value, value).map((ends) => edgeName(...ends)));
      seen.value = value;
    } else if (event.type === '@xstate.snapshot') {
      this.#step(seen, event.event, event.snapshot as ConnectionSnapshot);
    }
  }

  /** The `watch` of an inspector: called by a connection right after its machine was created. */
  watch(connection: Watched): void {
    if (this.#newest !== null) this.#newest.watched = connection;
    this.#newest = null;
  }

  /** The last transitions of a connection, fit to be played again; `undefined` where there is no such connection. */
  trace(connection: string): unknown {
    return this.#seen.get(connection)?.watched?.trace();
  }

  #step(seen: Seen, event: { readonly type: string }, snapshot: ConnectionSnapshot): void {
    const { connection, snapshot: before } = seen;
    seen.snapshot = snapshot;
    seen.value = snapshot.value;
    const edges = seen.edges.splice(0);
    if (before === null) {
      this.#tell(beginOf(connection, snapshot));
      return;
    }
    const at = snapshot.context.ports.now();
    this.#tell({
      kind: 'step',
      connection,
      at,
      event: plain(event) as StepReport['event'],
      from: pathOf(before.value),
      to: pathOf(snapshot.value),
      edges,
      now: standingOf(snapshot),
    });
    if (event.type !== 'user.dispose') return;
    this.#seen.delete(connection);
    this.#tell({ kind: 'end', connection, at });
  }
}

interface Seen {
  readonly connection: string;
  /** `null` until it has started: XState tells of an actor before it has a snapshot. */
  snapshot: ConnectionSnapshot | null;
  /** After the last microstep. */
  value: unknown;
  /** Taken since the last snapshot. */
  readonly edges: string[];
  watched: Watched | null;
}

/** A chart that was extended is one too, as long as it has all of the six states. */
function isConnection(actorRef: object): boolean {
  const { logic } = actorRef as { logic?: { root?: { states?: object } } };
  const states = logic?.root?.states ?? {};
  return Object.keys(connectionMachine.root.states).every((key) => key in states);
}

function beginOf(connection: string, snapshot: ConnectionSnapshot): Report {
  return { kind: 'begin', connection, at: snapshot.context.ports.now(), now: standingOf(snapshot) };
}

function standingOf(snapshot: ConnectionSnapshot): Standing {
  const status = statusOf(snapshot);
  const retryAt = 'retryAt' in status ? status.retryAt : null;
  return {
    states: statePaths(snapshot.value),
    status: viewOf(status),
    dueIn: retryAt === null ? null : Math.max(0, retryAt - snapshot.context.ports.now()),
  };
}

function viewOf(status: Status): StatusView {
  const { state } = status;
  const view = plain(status) as StatusView;
  if (!('cause' in status)) return { ...view, state };
  const { code, message, hint } = status.cause;
  return { ...view, state, cause: { code, message, hint } };
}
