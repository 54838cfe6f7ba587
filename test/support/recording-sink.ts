import type { Observed } from '../../machines/verdict.ts';
import type { LinkSink } from '../../src/link/link.ts';

export type Heard =
  | { readonly kind: 'opened'; readonly epoch: number; readonly recovered: boolean }
  | Ended<'refused'>
  | Ended<'failed'>
  | Ended<'lost'>
  | {
      readonly kind: 'received';
      readonly epoch: number;
      readonly event: string;
      readonly args: readonly unknown[];
      readonly replayed: boolean;
    };

interface Ended<K> {
  readonly kind: K;
  readonly epoch: number;
  readonly observed: Observed;
}

export type HeardOf<K extends Heard['kind']> = Extract<Heard, { readonly kind: K }>;

/** Writes down all that a session tells, and lets a test wait for what comes next, in the order it comes. */
export class RecordingSink implements LinkSink {
  /** Everything, from the start. */
  readonly heard: Heard[] = [];
  /** Called for each, at once: for tests that act inside the telling. */
  react: (heard: Heard) => void = () => {};
  readonly #waiting: ((heard: Heard) => void)[] = [];
  #read = 0;

  opened(epoch: number, { recovered }: { readonly recovered: boolean }): void {
    this.#note({ kind: 'opened', epoch, recovered });
  }

  refused(epoch: number, observed: Observed): void {
    this.#note({ kind: 'refused', epoch, observed });
  }

  failed(epoch: number, observed: Observed): void {
    this.#note({ kind: 'failed', epoch, observed });
  }

  lost(epoch: number, observed: Observed): void {
    this.#note({ kind: 'lost', epoch, observed });
  }

  received(epoch: number, event: string, args: readonly unknown[], replayed: boolean): void {
    this.#note({ kind: 'received', epoch, event, args, replayed });
  }

  /** The next thing told that was not waited for yet. */
  next(): Promise<Heard> {
    const heard = this.heard[this.#read];
    this.#read += 1;
    return heard === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(heard);
  }

  /** The next thing told, which must be of this kind. */
  async expect<K extends Heard['kind']>(kind: K): Promise<HeardOf<K>> {
    const heard = await this.next();
    if (heard.kind !== kind) throw new Error(`expected ${kind}, heard ${JSON.stringify(heard)}`);
    return heard as HeardOf<K>;
  }

  /** What was told and not waited for. */
  get unread(): readonly Heard[] {
    return this.heard.slice(this.#read);
  }

  /** Settlements of an epoch: never more than one (LK-2). */
  settlements(epoch: number): readonly Heard[] {
    return this.heard.filter(
      ({ kind, epoch: of }) => of === epoch && ['opened', 'refused', 'failed'].includes(kind),
    );
  }

  #note(heard: Heard): void {
    this.heard.push(heard);
    this.#waiting.shift()?.(heard);
    this.react(heard);
  }
}
