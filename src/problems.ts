import type { Observable } from 'rxjs';
import { threw } from './callback-error.ts';
import type { Clock } from './clock.ts';
import type { CredentialDesk } from './credential.ts';
import type { HoldfastError } from './errors.ts';
import { Hot } from './hot.ts';

/** Something that went wrong without changing the state (ER-2). */
export interface Problem {
  /** Clock reading. */
  readonly at: number;
  /** Stable; see `docs/errors.md`. */
  readonly code: HoldfastError['code'];
  /** What happened, for people. Never holds a credential (CR-12). */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Where problems come out. */
export class Problems {
  // Made when somebody looks: before that, nobody hears of a problem anyway.
  #problems: Hot<Problem> | null = null;
  #problems$: Observable<Problem> | null = null;
  #isComplete = false;
  readonly #clock: Clock;
  readonly #desk: Pick<CredentialDesk, 'redact'>;

  /** @param desk Takes credentials out of what somebody's callback said (CR-12). */
  constructor(clock: Clock, desk: Pick<CredentialDesk, 'redact'>) {
    this.#clock = clock;
    this.#desk = desk;
  }

  get problems$(): Observable<Problem> {
    this.#problems ??= new Hot();
    this.#problems$ ??= this.#problems.observable();
    if (this.#isComplete) this.#problems.complete();
    return this.#problems$;
  }

  report({ code, message, hint }: Pick<HoldfastError, 'code' | 'message' | 'hint'>): void {
    this.#problems?.next({ at: this.#clock.now(), code, message: this.#desk.redact(message), hint });
  }

  /** Reports what a callback of the user threw (LC-13). */
  caught(who: string, thrown: unknown): void {
    this.report(threw(who, thrown));
  }

  complete(): void {
    this.#isComplete = true;
    this.#problems?.complete();
  }
}
