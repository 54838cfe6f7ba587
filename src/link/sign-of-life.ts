import { afterDecodedPackets } from './turn.ts';

/** What is needed of a Manager. */
interface Namespaces {
  socket(namespace: string, options: { readonly auth: object }): Side;
}

/** What is needed of a Socket. */
interface Side {
  readonly active: boolean;
  readonly connected: boolean;
  connect(): unknown;
  disconnect(): unknown;
  on(event: 'connect' | 'connect_error', listener: () => void): unknown;
}

/**
 * Asks the server for a namespace that does not exist: every server refuses it, and the refusal is a sign of life
 * (EN-2). A server that takes any namespace answers as well; then it is left again. Only for an open link, over the
 * same Manager, whose main namespace hears nothing of it.
 */
export class SignOfLife {
  readonly #namespaces: Namespaces;
  readonly #main: object;
  /** Of each name, once it was asked for; listened to once, and used for every question. */
  readonly #sides: [Side | null, Side | null] = [null, null];
  /** Which of the two is asked for next, or is being asked for. */
  #turn: 0 | 1 = 0;
  #answered: (() => void) | null = null;

  /** @param main The Socket of the app, whose namespace is not asked for, whatever it is called. */
  constructor(namespaces: Namespaces, main: object) {
    this.#namespaces = namespaces;
    this.#main = main;
  }

  /** The first answer from here on is for `answered`; whoever asked before, and was not answered, is forgotten. */
  ask(answered: () => void): void {
    this.#answered = answered;
    const other = this.#sides[this.#turn === 0 ? 1 : 0];
    if (other?.connected) other.disconnect();
    this.#sides[this.#turn] ??= this.#side(names[this.#turn]);
    const side = this.#sides[this.#turn];
    // One question at a time: a server that takes the namespace would take it twice, or hang up.
    if (side?.active === false) side.connect();
  }

  /** The link ends. To be called before the main Socket is disconnected, or the Manager would keep the engine open. */
  end(): void {
    this.#answered = null;
    for (const side of this.#sides) if (side?.active) side.disconnect();
  }

  #side(name: string): Side {
    const side = this.#namespaces.socket(name, { auth: {} });
    if (side === this.#main) return this.#side(`${name}-`);
    side.on('connect', () => this.#taken(side));
    side.on('connect_error', () => {
      // What happens to the transport is told here as well, and is no answer: a refused Socket is not active any more.
      if (!side.active) this.#tell();
    });
    return side;
  }

  /**
   * A CONNECT that the server reads together with the goodbye before it makes it hang up: the next question is for the
   * other name. A goodbye that crosses the server's own has the same effect, so that its packets are looked at first.
   */
  #taken(side: Side): void {
    this.#turn = this.#turn === 0 ? 1 : 0;
    afterDecodedPackets(() => {
      if (side.connected) side.disconnect();
    });
    this.#tell();
  }

  #tell(): void {
    const answered = this.#answered;
    this.#answered = null;
    answered?.();
  }
}

const names = ['/holdfast-probe', '/holdfast-probe-2'] as const;
