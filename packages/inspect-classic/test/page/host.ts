/** The page of an app, beside what every browser test has there: the bridge. */
import { browserDevTools } from '../../src/browser.ts';
import { classicInspector } from '../../src/index.ts';
import type { Inspecting } from './receiver.ts';

const classic = {
  browserDevTools,
  classicInspector,
  /** A frame for the inspector, and what has arrived in it. */
  frame(): HTMLIFrameElement {
    return document.querySelector('iframe') ?? document.body.appendChild(document.createElement('iframe'));
  },
  inside(): Inspecting | undefined {
    return (classic.frame().contentWindow as (Window & { inspecting?: Inspecting }) | null)?.inspecting;
  },
};

declare global {
  interface Window {
    classic: typeof classic;
  }
}

window.classic = classic;
