import type { RestoringEvent, RestoringStep } from '../machines/events.ts';
import type { SessionPort } from '../machines/ports.ts';
import type { FailureCode } from '../machines/verdict.ts';

/** What the app had before, and wants again: rooms, missed messages, the outbox. */
export class Session implements SessionPort {
  belongTo(_identity: string | null): void {}

  begin(): void {}

  hold(): void {}

  restore(_step: RestoringStep, epoch: number, settle: (event: RestoringEvent) => void): () => void {
    settle({ type: 'restoring.done', epoch });
    return () => {};
  }

  open(): void {}

  pause(): void {}

  end(_code: FailureCode | null): void {}
}
