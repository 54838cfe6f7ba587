/**
 * What random tests draw from. The same each time, so that a red run is the change's doing and not chance's; a night takes
 * another one: `HOLDFAST_SEED=7 npx vitest run`.
 */
export const seed = Number(process.env['HOLDFAST_SEED'] ?? 20_261_120);

/** For the words of a failure. */
export const seedTold = `HOLDFAST_SEED=${seed}`;
