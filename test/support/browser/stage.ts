import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { findChromium, howToGetChromium } from '../../../tools/chromium.mjs';
import { Chromium, type ChromiumOptions, type Profile } from './chromium.ts';
import type { Tab } from './tab.ts';

/** A Chromium for the tests of a file. */
export interface Stage {
  /** For tabs that share what a browser stores; closed with the test. */
  profile(): Promise<Profile>;
  /** A tab in a profile of its own that has loaded the address. */
  tab(url: string): Promise<Tab>;
  readonly chromium: Chromium;
}

/** To be called at the top of a test file, or of a `describe` that wants a Chromium of its own. */
export function useChromium(options?: ChromiumOptions): Stage {
  let chromium: Chromium | undefined;
  let trouble: unknown = new Error('Chromium runs during tests only');
  beforeAll(async () => {
    try {
      chromium = await start(options);
    } catch (error) {
      // Thrown by each test: those of a hook that fails would count as skipped.
      trouble = error;
    }
  });
  afterAll(() => chromium?.close());
  const running = () => {
    if (chromium === undefined) throw trouble;
    return chromium;
  };
  const profile = async () => {
    const made = await running().profile();
    onTestFinished(() => made.close());
    return made;
  };
  return {
    profile,
    tab: async (url) => (await profile()).tab(url),
    get chromium() {
      return running();
    },
  };
}

async function start(options?: ChromiumOptions): Promise<Chromium> {
  const path = findChromium();
  if (path === undefined) throw new Error(`The browser tests need a Chromium. ${howToGetChromium}`);
  return Chromium.start(path, options);
}
