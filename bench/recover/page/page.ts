/** A page with a number of clients of one contender, which it takes from its address. */
import type { ContenderName } from '../contenders.ts';

export interface Setting {
  readonly name: ContenderName;
  readonly url: string;
  readonly heartbeat: number | null;
  readonly count: number;
  /** Ms over which they connect. */
  readonly spread: number;
}

declare global {
  interface Window {
    /** When which client was usable, by `Date.now()`; whoever reads it takes them away. */
    usable: { readonly index: number; readonly at: number }[];
    /** When the page itself was told that the network is there, and that it is shown. */
    told: { online?: number; visible?: number };
  }
}

window.usable = [];
window.told = {};
// Before the clients, so that it is told before them.
window.addEventListener('online', () => {
  window.told.online = Date.now();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') window.told.visible = Date.now();
});

const { count, spread }: Setting = JSON.parse(decodeURIComponent(location.hash.slice(1)));
for (let index = 0; index < count; index += 1) {
  const frame = document.createElement('iframe');
  frame.src = `/frame.html?index=${index}${location.hash}`;
  setTimeout(() => document.body.append(frame), (index * spread) / count);
}
