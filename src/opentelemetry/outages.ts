import { isLive, type Status } from '../status.ts';
import type { Instruments, Words } from './instruments.ts';

/** How long a connection that was live is not, and how that ends. */
export class Outages {
  readonly #instruments: Instruments;
  readonly #words: Words;
  #before: Status['state'] | null = null;
  #began: number | null = null;

  constructor(instruments: Instruments, words: Words) {
    this.#instruments = instruments;
    this.#words = words;
  }

  see(status: Status): void {
    // Who was never connected has lost nothing.
    if (status.state === 'reconnecting' && this.#before === 'connected') this.#began ??= performance.now();
    else if (isLive(status)) this.#end('live');
    else if (isRest(status)) this.#end(status.state);
    this.#before = status.state;
  }

  #end(outcome: string): void {
    if (this.#began === null) return;
    const seconds = (performance.now() - this.#began) / 1_000;
    this.#began = null;
    this.#instruments.outages.record(seconds, { ...this.#words, 'holdfast.outcome': outcome });
  }
}

function isRest({ state }: Status): boolean {
  return state === 'idle' || state === 'auth-failed' || state === 'exhausted';
}
