import { expect, test, vi } from 'vitest';
import { touchLazyGlobals } from '../support/lazy-globals.ts';

test('[LC-14] nothing runs at import: no timer, no draw, no global, no listener', async () => {
  touchLazyGlobals();
  const globals = Reflect.ownKeys(globalThis);
  const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
  vi.resetModules();
  const spies = [
    vi.spyOn(globalThis, 'setTimeout'),
    vi.spyOn(globalThis, 'setInterval'),
    vi.spyOn(globalThis, 'queueMicrotask'),
    vi.spyOn(Math, 'random'),
  ];
  const { createConnection } = await import('../../src/index.ts');
  const { connectionMachine } = await import('../../machines/index.ts');
  const calls = spies.map((spy) => spy.mock.calls.length);
  for (const spy of spies) spy.mockRestore();
  expect(createConnection).toBeTypeOf('function');
  expect(connectionMachine.id).toBe('connection');
  expect(calls).toEqual([0, 0, 0, 0]);
  expect(Reflect.ownKeys(globalThis)).toEqual(globals);
  expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(listeners);
});
