/** Listens with the receiver of Stately's own package, as its page does, and keeps what it hears. */
import { createBrowserReceiver } from '@statelyai/inspect';

declare global {
  interface Window {
    heard: unknown[];
  }
}

window.heard = [];
// It says hello when it is made, and what was deferred until then gets lost before the frame has loaded.
window.addEventListener('load', () => {
  createBrowserReceiver().subscribe((event) => window.heard.push(event));
});
