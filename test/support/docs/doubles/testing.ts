/** `holdfast/testing`, with fewer runs where the reader of a page says nothing of their number. */
import { assertConnectionHolds as hold } from '../../../../src/testing/index.ts';

export * from '../../../../src/testing/index.ts';

export const assertConnectionHolds: typeof hold = (options, again) => hold(options, { runs: 30, ...again });
