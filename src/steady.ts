import { Observable } from 'rxjs';
import { clampDelay } from '../machines/policy.ts';
import { badOption } from './bad-option.ts';
import { type Clock, systemClock } from './clock.ts';
import { isLive, type LiveStatus, type Status } from './status.ts';

/** How much downtime `steady` hides. */
export interface SteadyOptions {
  /** Hidden downtime in ms within a sliding window of ten times as much. Default 500. */
  readonly grace?: number;
  /** Time, for tests. Default: the system's. Give the connection the same one. */
  readonly clock?: Clock;
}

/**
 * A status that does not flicker, for banners (ST-4). A dip that heals within the grace is never shown. The grace is
 * a budget, not a delay: short dips that come again and again use it up and are shown. Rest states pass at once.
 *
 * @throws HoldfastError `bad-option` for a `grace` that is no time (ER-1).
 * @example
 * steady(connection.status$).subscribe((status) => showBanner(status.state !== 'connected'));
 */
export function steady(
  status$: Observable<Status>,
  { grace = 500, clock = systemClock }: SteadyOptions = {},
): Observable<Status> {
  if (!(typeof grace === 'number' && grace >= 0)) {
    throw badOption('grace', grace, 'a number of ms, 0 or more, or Infinity');
  }
  return new Observable<Status>((subscriber) => {
    const budget = createBudget(grace, grace * 10);
    const now = forwardOnly(clock);
    let shown: Status | null = null;
    let hidden: Dip | null = null;

    function show(status: Status): void {
      shown = status;
      subscriber.next(status);
    }

    /** Ends a hidden dip, and books the downtime that nobody saw. */
    function leaveDip(): void {
      if (hidden === null) return;
      clock.clearTimeout(hidden.timer as never);
      // What is beyond the timer was sleep: nobody was there from whom a dip was hidden.
      budget.book(hidden.since, Math.min(now(), hidden.since + hidden.asked));
      hidden = null;
    }

    const source = status$.subscribe({
      next(status) {
        if (hidden !== null) {
          if (isDip(status)) {
            hidden.latest = status;
            return;
          }
          const { before } = hidden;
          leaveDip();
          if (tellsTheSame(before, status)) return;
        } else if (shown !== null && isLive(shown) && isDip(status) && shown.identity === status.identity) {
          const left = budget.left(now());
          if (left > 0) {
            const timer = clock.setTimeout(() => {
              const { latest } = hidden as Dip;
              leaveDip();
              show(latest);
            }, clampDelay(left));
            hidden = { before: shown, latest: status, since: now(), asked: left, timer };
            return;
          }
        }
        show(status);
      },
      error: (error) => subscriber.error(error),
      complete() {
        leaveDip();
        subscriber.complete();
      },
    });
    return () => {
      leaveDip();
      source.unsubscribe();
    };
  });
}

/** One that nobody sees yet. */
interface Dip {
  /** What is shown meanwhile. */
  readonly before: LiveStatus;
  latest: Status;
  readonly since: number;
  readonly asked: number;
  readonly timer: unknown;
}

function isDip(status: Status): status is Extract<Status, { state: 'reconnecting' | 'connected' }> {
  return status.state === 'reconnecting' || (status.state === 'connected' && status.phase === 'restoring');
}

/** A healed dip comes back with a new `since` and `recovered`: to an eye that saw no dip, nothing happened. */
function tellsTheSame(shown: LiveStatus, status: Status): boolean {
  return isLive(status) && shown.identity === status.identity && shown.degraded === status.degraded;
}

/** A reading that a clock set back does not take along: the budget would be used up until the old time is reached. */
function forwardOnly(clock: Clock): () => number {
  let latest = Number.NEGATIVE_INFINITY;
  let ahead = 0;
  return () => {
    const reading = clock.now() + ahead;
    if (reading < latest) ahead += latest - reading;
    else latest = reading;
    return latest;
  };
}

/** Downtime that was hidden, within a sliding window. */
function createBudget(size: number, window: number) {
  let dips: { readonly from: number; readonly to: number }[] = [];
  return {
    left(now: number): number {
      dips = dips.filter(({ to }) => to > now - window);
      const spent = dips.reduce((sum, { from, to }) => sum + to - Math.max(from, now - window), 0);
      return size - spent;
    },
    book(from: number, to: number): void {
      dips.push({ from, to });
    },
  };
}
