import type { Lingers, lingeringOf as ofNode } from './linger.ts';

/**
 * In the place of `linger.ts` wherever Engine.IO has the WebSocket of a browser ("browser" in package.json): that one
 * goes by itself, and nothing can be terminated.
 */
export const lingeringOf: typeof ofNode = () => nobody;

const nobody: Lingers = { prepare() {}, notice() {}, letGo() {}, settled: async () => {} };
