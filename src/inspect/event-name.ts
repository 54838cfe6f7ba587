/** XState's own name of a timer has the whole path of its state in it: `after wait` says what matters. */
export function eventName(type: string): string {
  const [, delay] = /^xstate\.after\.([^.]+)/.exec(type) ?? [];
  return delay === undefined ? type : `after ${delay}`;
}
