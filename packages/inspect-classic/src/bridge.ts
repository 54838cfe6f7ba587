import { type ChartNode, classicEventType, definitionOf } from './definition.ts';
import type { DevTools } from './dev-tools.ts';
import { Mishaps } from './mishaps.ts';
import { plainData } from './plain-data.ts';
import { ClassicService, type ClassicState, type ScxmlEvent } from './service.ts';

/** An event of a machine, as far as it is known here. */
export interface MachineEvent {
  readonly type: string;
}

/** Who shows the machines, what of them, and whether the inspector may send to them. */
export interface ClassicInspectorOptions {
  /** Who shows it: `browserDevTools()`, `nodeDevTools()`, or what `createDevTools()` of `@xstate/inspect` makes. */
  readonly devTools: DevTools | PromiseLike<DevTools>;
  /**
   * Whether the inspector may send events to the machine, or which ones. They go to the actor itself, past the methods
   * of a connection: whoever reaches the inspector can say that a link was opened that never was. Events of XState's
   * own (`xstate.…`) are never taken. Default: false; what it sends is ignored.
   */
  readonly allowSend?: boolean | ((event: MachineEvent) => boolean);
  /** What is shown of a context, before all that is not plain data is left out of it. Default: all of it. */
  readonly sanitizeContext?: (context: unknown) => unknown;
  /** What is shown of an event, before all that is not plain data is left out of it. Default: all of it. */
  readonly sanitizeEvent?: (event: MachineEvent) => unknown;
  /**
   * Called once, with the first thing that went wrong. Default: it is thrown when the machine is given its next event,
   * so that holdfast reports it on `problems$`. XState's own `createActor` loses that event: give it an `onError`.
   */
  readonly onError?: (error: unknown) => void;
}

/** What is read of an inspection event of XState 5. */
export interface Inspected {
  readonly type: string;
  readonly actorRef: Actor;
  readonly sourceRef?: { readonly sessionId: string } | undefined;
  readonly event?: MachineEvent;
  readonly snapshot?: Snapshot;
}

/** @inline */
interface Snapshot {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly tags?: Iterable<string>;
  readonly machine?: { readonly root: ChartNode };
}

/** @inline */
interface Actor {
  readonly sessionId: string;
  readonly _parent?: { readonly sessionId: string } | undefined;
  /** Called with what the inspector sends, where that is allowed. */
  send(event: MachineEvent): void;
}

/**
 * An inspection observer for XState 5 that shows machines in the classic inspector, which by itself takes XState 4
 * only (IN-2). One may serve many machines.
 *
 * @example
 * const connection = createConnection({
 *   link: socketIo('https://api.example.com'),
 *   credential: false,
 *   inspect: classicInspector({ devTools: browserDevTools({ iframe: false }) }),
 * });
 */
export function classicInspector(options: ClassicInspectorOptions): (inspected: Inspected) => void {
  const bridge = new Bridge(options);
  return (inspected) => bridge.inspect(inspected);
}

class Bridge {
  readonly #options: ClassicInspectorOptions;
  readonly #mishaps: Mishaps;
  readonly #services = new Map<string, ClassicService>();
  #devTools: DevTools | null = null;

  constructor(options: ClassicInspectorOptions) {
    const { devTools } = options;
    this.#options = options;
    this.#mishaps = new Mishaps(options.onError);
    if ('then' in devTools) {
      devTools.then(
        (ready) => this.#open(ready),
        (error) => this.#mishaps.note(error),
      );
    } else this.#devTools = devTools;
  }

  inspect(inspected: Inspected): void {
    this.#mishaps.attempt(() => {
      if (inspected.type === '@xstate.event') this.#tell(inspected);
      if (inspected.type === '@xstate.snapshot') this.#show(inspected);
    });
    // Not at a snapshot, where XState does not survive it, and not before anybody can have looked at `problems$`.
    if (inspected.type === '@xstate.event' && inspected.event?.type !== 'xstate.init')
      this.#mishaps.rethrow();
  }

  /** Until then nobody could watch; an inspector is shown machines as they are when it comes. */
  #open(devTools: DevTools): void {
    this.#devTools = devTools;
    for (const service of this.#services.values()) this.#register(service);
  }

  #register(service: ClassicService): void {
    this.#mishaps.attempt(() => this.#devTools?.register(service));
  }

  #tell({ actorRef, sourceRef, event }: Inspected): void {
    const service = this.#services.get(actorRef.sessionId);
    if (service && event) service.tell(this.#scxml(event, sourceRef?.sessionId));
  }

  #show({ actorRef, event = { type: '' }, snapshot }: Inspected): void {
    const root = snapshot?.machine?.root;
    if (snapshot === undefined || root === undefined) return;
    const { sessionId } = actorRef;
    const state = this.#stateOf(sessionId, snapshot, event);
    let service = this.#services.get(sessionId);
    if (service) service.update(state);
    else {
      service = this.#serviceOf(actorRef, root, state);
      this.#services.set(sessionId, service);
      this.#register(service);
    }
    if (snapshot.status === 'active') return;
    this.#services.delete(sessionId);
    service.stop();
  }

  #serviceOf(actor: Actor, root: ChartNode, state: ClassicState): ClassicService {
    return new ClassicService({
      id: root.id,
      sessionId: actor.sessionId,
      parent: actor._parent,
      definition: definitionOf(root),
      state,
      receive: (sent) => this.#mishaps.attempt(() => this.#receive(sent, actor)),
      attempt: (task) => this.#mishaps.attempt(task),
    });
  }

  #stateOf(sessionId: string, snapshot: Snapshot, event: MachineEvent): ClassicState {
    const { sanitizeContext = (context) => context } = this.#options;
    const _event = this.#scxml(event, undefined);
    return {
      value: snapshot.value,
      context: plainData(sanitizeContext(snapshot.context)),
      event: _event.data,
      _event,
      _sessionid: sessionId,
      tags: [...(snapshot.tags ?? [])],
      done: snapshot.status === 'done',
      changed: true,
    };
  }

  #scxml(event: MachineEvent, origin: string | undefined): ScxmlEvent {
    const { sanitizeEvent = (given) => given } = this.#options;
    const name = classicEventType(event.type);
    const data = { ...(plainData(sanitizeEvent(event)) as object), type: name };
    return { name, data, $$type: 'scxml', type: 'external', origin };
  }

  /** What an inspector sends is wrapped, as XState 4 wraps it. */
  #receive(sent: unknown, actor: Actor): void {
    const { allowSend = false } = this.#options;
    const { data } = sent as { readonly data?: Partial<MachineEvent> | null };
    if (allowSend === false || typeof data?.type !== 'string' || data.type.startsWith('xstate.')) return;
    const event = data as MachineEvent;
    if (allowSend === true || allowSend(event)) actor.send(event);
  }
}
