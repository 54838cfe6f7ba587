import type { Report } from '../report.ts';

/** Reports that a page gets which comes later. */
const capacity = 5_000;

/** The last reports, numbered from 1, so that a page that was cut off goes on where it was. */
export class History {
  #reports: Report[] = [];
  #last = 0;

  add(report: Report): number {
    this.#last += 1;
    this.#reports.push(report);
    if (this.#reports.length >= capacity * 1.2) this.#reports = this.#reports.slice(-capacity);
    return this.#last;
  }

  /** Those after this number that are still there, each with its own. */
  after(number: number): (readonly [number: number, report: Report])[] {
    const first = this.#last - this.#reports.length + 1;
    return this.#reports
      .map((report, index) => [first + index, report] as const)
      .filter(([each]) => each > number);
  }
}
