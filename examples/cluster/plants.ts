/** What nodes can be told to do wrong, to see that the verdict finds it: `handlers.ts` has what each means. */
export const plants = ['none', 'early', 'no-id', 'slow-answer'] as const;
export type Plant = (typeof plants)[number];
