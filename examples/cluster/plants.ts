/** Faults that nodes can be told to have, to see that the verdict finds them: what each does is in `handlers.ts`. */
export const plants = ['none', 'early', 'no-id'] as const;
export type Plant = (typeof plants)[number];
