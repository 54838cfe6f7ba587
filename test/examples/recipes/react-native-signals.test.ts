import { describe, expect, test } from 'vitest';
import { reactNativeSignals } from '../../../examples/recipes/react-native-signals.ts';
import type { Signal } from '../../../src/index.ts';
import { createHarness } from '../../support/harness.ts';

/** NetInfo as it is: calls back at once with what it knows, again at each change, and `null` while it knows nothing. */
function createNetInfo(isConnected: boolean | null) {
  const listeners = new Set<(network: { isConnected: boolean | null }) => void>();
  let network = { isConnected };
  return {
    listeners,
    addEventListener(listener: (network: { isConnected: boolean | null }) => void) {
      listeners.add(listener);
      listener(network);
      return () => void listeners.delete(listener);
    },
    becomes(now: boolean | null) {
      network = { isConnected: now };
      for (const listener of [...listeners]) listener(network);
    },
  };
}

/** AppState as it is: says nothing at first, `inactive` in between, and each subscription has `remove`. */
function createAppState(currentState: string | null) {
  const listeners = new Set<(state: string) => void>();
  return {
    listeners,
    currentState,
    addEventListener(_type: 'change', listener: (state: string) => void) {
      listeners.add(listener);
      return { remove: () => void listeners.delete(listener) };
    },
    becomes(...states: string[]) {
      for (const state of states) {
        this.currentState = state;
        for (const listener of [...listeners]) listener(state);
      }
    },
  };
}

function watch(isConnected: boolean | null = true, state: string | null = 'active') {
  const network = createNetInfo(isConnected);
  const app = createAppState(state);
  const heard: Signal[] = [];
  const stop = reactNativeSignals(network, app).subscribe((signal) => heard.push(signal));
  return { network, app, heard, stop };
}

describe('the recipe for React Native', () => {
  test('[EN-1] tells of the network as soon as it is known', () => {
    const w = watch(null);
    expect(w.heard).toEqual([]);
    w.network.becomes(false);
    w.network.becomes(null);
    w.network.becomes(true);
    expect(w.heard).toEqual(['offline', 'online']);
    expect(watch(false).heard).toEqual(['offline']);
  });

  test('[EN-1] tells whether the app is in front', () => {
    const w = watch(null);
    w.app.becomes('inactive', 'background', 'inactive', 'active');
    expect(w.heard).toEqual(['hidden', 'visible']);
  });

  test('[EN-1] takes a glance at the list of apps for nothing but a return', () => {
    const w = watch(null);
    w.app.becomes('inactive', 'active');
    expect(w.heard).toEqual(['visible']);
  });

  test('[EN-1] tells that an app was started in the background', () => {
    expect(watch(null, 'background').heard).toEqual(['hidden']);
    for (const state of [null, 'unknown', 'inactive']) expect(watch(null, state).heard).toEqual([]);
  });

  test('[EN-1, LC-10] leaves no listener', () => {
    const w = watch();
    w.heard.length = 0;
    w.stop();
    w.network.becomes(false);
    w.app.becomes('background');
    expect([w.network.listeners.size, w.app.listeners.size]).toEqual([0, 0]);
    expect(w.heard).toEqual([]);
  });

  test('[EN-1, RE-5] makes a connection wait for the network, and lets go of it in the end', async () => {
    const network = createNetInfo(false);
    const app = createAppState('active');
    const h = createHarness({ signals: reactNativeSignals(network, app) });
    h.connection.connect('alice');
    await h.grant();
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', phase: 'offline' });
    network.becomes(true);
    await h.pass(250);
    expect(h.dials).toHaveLength(2);
    await h.connection.dispose();
    expect([network.listeners.size, app.listeners.size]).toEqual([0, 0]);
  });
});
