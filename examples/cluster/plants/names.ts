import { BadOption } from '../../shared/command-line.ts';

/** What can be wrong with a node: `handlers.ts` has what each means. */
export const plants = ['none', 'early', 'no-id', 'slow-answer'] as const;
export type Plant = (typeof plants)[number];

/** The one that `--plant` names. @throws BadOption that lists them. */
export function plantIn(given: string = 'none'): Plant {
  const plant = plants.find((name) => name === given);
  if (plant === undefined) throw new BadOption(`--plant takes one of ${plants.join(', ')}, not ${given}.`);
  return plant;
}
