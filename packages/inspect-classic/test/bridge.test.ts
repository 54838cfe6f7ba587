import { createDevTools } from '@xstate/inspect';
import { describe, expect, test } from 'vitest';
import type { AnyInterpreter } from 'xstate';
import { Secret } from '../../../src/index.ts';
import { createHarness, type Harness } from '../../../test/support/harness.ts';
import * as xstate5 from '../../../test/support/xstate-5.ts';
import { type ClassicInspectorOptions, classicInspector, type MachineEvent } from '../src/index.ts';

/** From nothing to live, through an outage, and back to rest. */
async function live(h: Harness): Promise<void> {
  await h.goLive();
  h.dial.lose();
  await h.pass(1_000);
  await h.grant();
  h.dial.open();
  h.connection.disconnect();
}

/** An inspector that does to services what those of `@xstate/inspect` do, and notes it. */
function stage(options: Partial<ClassicInspectorOptions> = {}) {
  const devTools = createDevTools();
  const services: AnyInterpreter[] = [];
  const told: string[] = [];
  devTools.onRegister((service) => {
    services.push(service);
    told.push(`register ${service.state.value}`);
    const send = service.send.bind(service);
    service.send = ((event: { name: string }) => {
      told.push(`event ${event.name}`);
      return send(event as never);
    }) as never;
    service.subscribe((state) => void told.push(`state ${JSON.stringify(state.value)}`));
    service.onStop(() => void told.push('stop'));
  });
  return { devTools, services, told, inspect: classicInspector({ devTools, ...options }) };
}

/** What an inspector's page sends, as it arrives at the service. */
function click(service: AnyInterpreter | undefined, data: unknown): void {
  service?.send({ name: 'any', data, $$type: 'scxml', type: 'external', origin: service.sessionId } as never);
}

describe('what an inspector is told', () => {
  test('[IN-2] each event before the state that it leads to, and the end', async () => {
    const { inspect, told } = stage();
    const h = createHarness({ inspect });
    h.connection.connect('alice');
    await h.grant();
    h.connection.disconnect();
    await h.connection.dispose();
    expect(told).toEqual([
      'register idle',
      'state "idle"',
      'event user.connect',
      'state {"authenticating":{"credential":"dialing"}}',
      'event credential.granted',
      'state {"authenticating":"handshake"}',
      'event user.disconnect',
      'state "idle"',
      'event user.dispose',
      'state "idle"',
      'state "idle"',
      'stop',
    ]);
  });

  test('[IN-2] several inspectors are all told, also when one of them throws', async () => {
    const { devTools, inspect, told } = stage({ onError: () => {} });
    const failing: string[] = [];
    devTools.onRegister((service) => {
      service.send = (() => {
        failing.push('event');
        throw new Error('an inspector');
      }) as never;
    });
    const other: string[] = [];
    devTools.onRegister((service) => {
      service.subscribe((state) => void other.push(`state ${JSON.stringify(state.value)}`));
    });
    await live(createHarness({ inspect }));
    expect(failing.length).toBeGreaterThan(5);
    expect(told.filter((each) => each.startsWith('event'))).toHaveLength(failing.length);
    expect(told.filter((each) => each.startsWith('state'))).toEqual(other);
  });

  test('[IN-2] machines inside a machine are shown as its own', () => {
    const { inspect, services, told } = stage();
    const inner = xstate5.createMachine({
      initial: 'a',
      states: { a: { on: { go: 'b' } }, b: { type: 'final' } },
    });
    const outer = xstate5.createMachine({
      id: 'outer',
      initial: 'on',
      states: { on: { invoke: { id: 'inner', src: inner, onDone: 'off' } }, off: {} },
    });
    const actor = xstate5.createActor(outer, { inspect }).start();
    const child = actor.getSnapshot().children['inner'];
    expect(services.map(({ id }) => id).sort()).toEqual(['(machine)', 'outer']);
    const shown = services.find(({ id }) => id === '(machine)');
    expect(shown?.parent?.sessionId).toBe(actor.sessionId);
    child?.send({ type: 'go' });
    expect(told).toContain('event done.invoke.inner');
    expect(actor.getSnapshot().value).toBe('off');
    expect(told.filter((each) => each === 'stop')).toHaveLength(1);
  });

  test('[IN-2] what an inspector causes while it is told something is told in its turn', async () => {
    const { devTools, inspect, told } = stage({ allowSend: true });
    const h = createHarness({ inspect });
    devTools.onRegister((service) => {
      const send = service.send.bind(service);
      service.send = ((event: { name: string }) => {
        if (event.name === 'link.opened') h.connection.disconnect();
        return send(event as never);
      }) as never;
    });
    h.connection.connect('alice');
    await h.grant();
    h.dial.open();
    expect(h.connection.getStatus().state).toBe('idle');
    const events = told.filter((each) => each.startsWith('event'));
    expect(events.filter((each) => each === 'event user.disconnect')).toHaveLength(1);
    expect(events.filter((each) => each === 'event link.opened')).toHaveLength(1);
  });

  test('[IN-2] it takes the place of an inspector of XState 5 as it is', () => {
    const { inspect } = stage();
    const machine = xstate5.createMachine({});
    expect(xstate5.createActor(machine, { inspect }).start().getSnapshot().status).toBe('active');
  });
});

describe('what is shown', () => {
  test('[IN-1, CR-12] of a connection: plain data, none of its ports, no function, no instance', async () => {
    const { inspect, services } = stage();
    const h = createHarness({ inspect, reconnect: { backoff: () => 5 } });
    await live(h);
    const context = services[0]?.state.context;
    expect(context).toMatchObject({ identity: 'alice', epoch: 2, deadlines: { credential: 10_000 } });
    expect(context.ports).toBeUndefined();
    expect(context.policy.maxAttempts).toBe('Infinity');
    expect(context.policy.backoff).toBeUndefined();
    expect(oddities(services[0]?.state)).toEqual([]);
  });

  test('[IN-1, CR-12] the event that begins a machine does not carry its ports either', () => {
    const { inspect, services } = stage();
    createHarness({ inspect });
    const { data } = services[0]?.state._event ?? {};
    expect(data).toMatchObject({ type: 'xstate.init', input: { hasProvider: true } });
    expect((data as never as { input: { ports: unknown } }).input.ports).toBeUndefined();
  });

  const token = 'opaque-Zq8rT2vN';

  /** A machine of somebody who keeps a token in it. */
  function careless(output: unknown) {
    return xstate5.createMachine({
      context: { held: output },
      initial: 'asking',
      states: {
        asking: { invoke: { id: 'token', src: xstate5.fromPromise(async () => output), onDone: 'has' } },
        has: {},
      },
    });
  }

  async function shownOf(output: unknown, options: Partial<ClassicInspectorOptions>): Promise<string> {
    const { inspect, services, told } = stage(options);
    const actor = xstate5.createActor(careless(output), { inspect }).start();
    const shown: unknown[] = [];
    services[0]?.subscribe((state) => void shown.push(state));
    await xstate5.waitFor(actor, ({ value }) => value === 'has');
    expect(told).toContain('event done.invoke.token');
    return JSON.stringify(shown);
  }

  test('[CR-12] of a machine of yours, what its events and context hold, unless you take it out', async () => {
    expect(await shownOf({ token }, {})).toContain(token);
    const options: Partial<ClassicInspectorOptions> = {
      sanitizeContext: () => ({ held: 'something' }),
      sanitizeEvent: ({ type }) => ({ type }),
    };
    const shown = await shownOf({ token }, options);
    expect(shown).not.toContain(token);
    expect(shown).toContain('something');
  });

  test('[CR-12] an event keeps its name, whatever is made of it', async () => {
    expect(
      await shownOf({ token }, { sanitizeEvent: () => null, sanitizeContext: () => null }),
    ).not.toContain(token);
  });

  test('[CR-12] a Secret does not cross, with or without a word of yours', async () => {
    expect(await shownOf(new Secret({ token }), {})).not.toContain(token);
    expect(await shownOf({ in: [new Secret(token)] }, {})).not.toContain(token);
  });
});

describe('what an inspector sends', () => {
  const intruding = { type: 'user.disconnect' };

  test('[IN-1] is ignored, and leaves no trace', async () => {
    const { inspect, services, told } = stage();
    const h = createHarness({ inspect });
    await h.goLive();
    const before = [...told];
    click(services[0], intruding);
    expect(h.connection.getStatus().state).toBe('connected');
    expect(told).toEqual(before);
  });

  test('[IN-1] reaches the machine where that is allowed, and is told once', async () => {
    const { inspect, services, told } = stage({ allowSend: true });
    const h = createHarness({ inspect });
    await h.goLive();
    click(services[0], intruding);
    expect(h.connection.getStatus().state).toBe('idle');
    expect(told.slice(-2)).toEqual(['event user.disconnect', 'state "idle"']);
    expect(told.filter((each) => each === 'event user.disconnect')).toHaveLength(1);
  });

  test('[IN-1] is chosen by a function', async () => {
    const asked: MachineEvent[] = [];
    const allowSend = (event: MachineEvent) => {
      asked.push(event);
      return event.type.startsWith('user.');
    };
    const { inspect, services } = stage({ allowSend });
    const h = createHarness({ inspect });
    h.connection.connect('alice');
    await h.grant();
    click(services[0], { type: 'link.opened', epoch: 1, recovered: false });
    expect(h.connection.getStatus().state).toBe('authenticating');
    click(services[0], intruding);
    expect(h.connection.getStatus().state).toBe('idle');
    expect(asked.map(({ type }) => type)).toEqual(['link.opened', 'user.disconnect']);
  });

  test.each([
    ['one of XState', { type: 'xstate.stop' }],
    ['one of a timer', { type: 'xstate.after.wait.connection.reconnecting.waiting' }],
    ['one without a name', { kind: 'user.disconnect' }],
    ['one whose name is no text', { type: ['user.disconnect'] }],
    ['nothing', null],
    ['text', 'user.disconnect'],
  ])('[IN-1, LC-13] is never taken when it is %s', async (_, data) => {
    const { inspect, services } = stage({ allowSend: true });
    const h = createHarness({ inspect });
    await h.goLive();
    click(services[0], data);
    expect(() => services[0]?.send(null as never)).not.toThrow();
    expect(h.connection.getStatus().state).toBe('connected');
    expect(h.connection.actor.getSnapshot().status).toBe('active');
  });

  test('[IN-1] comes too late after the end', async () => {
    const { inspect, services } = stage({ allowSend: true });
    const h = createHarness({ inspect });
    await h.connection.dispose();
    expect(() => click(services[0], intruding)).not.toThrow();
  });
});

describe('what goes wrong', () => {
  const failing = () => {
    throw new Error('no inspector today');
  };

  test.each<[string, () => Partial<ClassicInspectorOptions>]>([
    ['a register that throws', () => ({ devTools: { register: failing } })],
    ['a sanitizer of contexts that throws', () => ({ sanitizeContext: failing })],
    ['a sanitizer of events that throws', () => ({ sanitizeEvent: failing })],
    ['an inspector that never comes', () => ({ devTools: Promise.resolve().then(failing) })],
  ])('[IN-1, LC-13] %s changes nothing in the connection, and is told once', async (_, options) => {
    const reference = createHarness();
    await live(reference);
    const h = createHarness({ inspect: stage(options()).inspect });
    await live(h);
    expect(h.connection.trace()).toEqual(reference.connection.trace());
    expect(h.problems.map(({ code, message }) => [code, message])).toEqual([
      ['callback-threw', 'the inspector threw: Error: no inspector today'],
    ]);
    await h.connection.dispose();
  });

  test.each<[string, (service: AnyInterpreter) => void]>([
    ['told of events', (service) => Object.assign(service, { send: failing })],
    ['told of states', (service) => void service.subscribe(failing)],
    ['told of the end', (service) => void service.onStop(failing)],
  ])('[IN-1, LC-13] an inspector that throws when it is %s changes nothing', async (_, hostile) => {
    const { devTools, inspect } = stage();
    devTools.onRegister(hostile);
    const reference = createHarness();
    await live(reference);
    const h = createHarness({ inspect });
    await live(h);
    expect(h.connection.trace()).toEqual(reference.connection.trace());
    await h.connection.dispose();
    expect(devTools.services.size).toBe(0);
    expect(h.problems.length).toBeLessThan(2);
  });

  test('[IN-1, ER-2] is told to `onError` at once, and once; what that throws is caught', async () => {
    const told: unknown[] = [];
    const onError = (error: unknown) => {
      told.push(error);
      failing();
    };
    const h = createHarness({ inspect: classicInspector({ devTools: { register: failing }, onError }) });
    expect(told).toEqual([new Error('no inspector today')]);
    await live(h);
    expect(told).toHaveLength(1);
    expect(h.problems).toEqual([]);
  });
});

/** Where something is that is no plain data. */
function oddities(value: unknown, path = ''): string[] {
  if (typeof value === 'function' || typeof value === 'symbol') return [path];
  if (typeof value !== 'object' || value === null) return [];
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return [path];
  return Object.entries(value).flatMap(([key, each]) => oddities(each, `${path}.${key}`));
}
