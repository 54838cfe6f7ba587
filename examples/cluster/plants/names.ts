/** What can be wrong with a node: `plants.ts` has what each means. */
export const plants = ['none', 'early', 'no-id', 'slow-answer'] as const;
export type Plant = (typeof plants)[number];
