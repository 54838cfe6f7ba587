/** An event as XState 4 wraps it. */
export interface ScxmlEvent {
  readonly name: string;
  readonly data: { readonly type: string };
  readonly $$type: 'scxml';
  readonly type: 'external';
  /** Session of the machine that sent it. */
  readonly origin: string | undefined;
}

/** What the inspector reads of a state of XState 4. */
export interface ClassicState {
  readonly value: unknown;
  readonly context: unknown;
  readonly event: { readonly type: string };
  readonly _event: ScxmlEvent;
  readonly _sessionid: string;
  readonly tags: readonly string[];
  readonly done: boolean;
  readonly changed: boolean;
}

type Send = (event: unknown) => void;

export interface ServiceParts {
  readonly id: string;
  readonly sessionId: string;
  readonly parent: { readonly sessionId: string } | undefined;
  readonly definition: object;
  readonly state: ClassicState;
  /** What an inspector sends. */
  readonly receive: Send;
  /** Runs what belongs to an inspector, and catches what it throws. */
  readonly attempt: (task: () => void) => void;
}

/** A machine of XState 5 as the inspector meets it: as a service of XState 4. */
export class ClassicService {
  readonly id: string;
  readonly sessionId: string;
  readonly parent: { readonly sessionId: string } | undefined;
  readonly machine: { readonly definition: object; toJSON(): object };
  state: ClassicState;
  #receive: Send;
  readonly #attempt: ServiceParts['attempt'];
  readonly #tellers: Send[] = [];
  readonly #listeners = new Set<(state: ClassicState) => void>();
  readonly #stopListeners = new Set<() => void>();
  #isTelling = false;

  constructor({ id, sessionId, parent, definition, state, receive, attempt }: ServiceParts) {
    this.id = id;
    this.sessionId = sessionId;
    this.parent = parent;
    this.machine = { definition, toJSON: () => definition };
    this.state = state;
    this.#receive = receive;
    this.#attempt = attempt;
  }

  /**
   * An inspector replaces `send` by its own, which tells the event and then calls the one before. So what is assigned
   * is what tells; and what is read stays the way in for what an inspector sends.
   */
  set send(teller: Send) {
    this.#tellers.push(teller);
  }

  get send(): Send {
    return (event) => {
      if (!this.#isTelling) this.#receive(event);
    };
  }

  /** As in XState 4, the listener is called with the current state at once. */
  subscribe(listener: (state: ClassicState) => void): { unsubscribe(): void } {
    this.#listeners.add(listener);
    this.#attempt(() => listener(this.state));
    return { unsubscribe: () => this.#listeners.delete(listener) };
  }

  onStop(listener: () => void): this {
    this.#stopListeners.add(listener);
    return this;
  }

  /** The machine was given an event. */
  tell(event: ScxmlEvent): void {
    // A teller may cause the next event, which is told inside of this one.
    const before = this.#isTelling;
    this.#isTelling = true;
    for (const teller of this.#tellers) this.#attempt(() => teller(event));
    this.#isTelling = before;
  }

  /** The machine has another state. */
  update(state: ClassicState): void {
    this.state = state;
    for (const listener of this.#listeners) this.#attempt(() => listener(state));
  }

  /** The last that is told of it. The inspector keeps it for good; the machine it lets go of. */
  stop(): void {
    for (const listener of this.#stopListeners) this.#attempt(listener);
    this.#stopListeners.clear();
    this.#listeners.clear();
    this.#tellers.length = 0;
    this.#receive = () => {};
  }
}
