import { describe, expect, test } from 'vitest';
import type { Auth, LinkSession } from '../../../src/link/link.ts';
import { createVirtualClock } from '../../../src/testing/clock.ts';
import type { ConformanceOptions } from '../../../src/testing/conformance.ts';
import { type HandshakeBehaviour, type LinkUnderTest, linkConformance } from '../../../src/testing/index.ts';
import type { Handshake, Message } from '../../../src/testing/server.ts';
import { createSimulatedLink } from '../../../src/testing/simulated-link.ts';
import { deafTap } from '../../../src/testing/wire.ts';

describe('[TS-4] the simulated link conforms', () => {
  for (const { name, clauses, run } of linkConformance(simulated)) {
    test(`[${clauses.join(', ')}] ${name}`, run);
  }
});

describe('[TS-4] the suite', () => {
  test('every case fails with a link that does nothing, or has nothing to do with what a link tells', async () => {
    const passed = await passedBy((subject) => {
      const session = {
        dial() {},
        authenticate() {},
        hangUp() {},
        emit: () => false,
        call: () => Promise.reject(new Error('no')),
        close: () => Promise.resolve(),
      };
      return { ...subject, link: { open: () => session } };
    });
    expect(passed).toEqual([
      'opening a session dials nothing',
      'a hang-up right after the dial leaves nothing',
    ]);
  });

  test('finds a link that tells of attempts that are over', async () => {
    expect(await passedBy((subject) => subject, true)).not.toContain(
      'what an older attempt comes to is not told after a new dial',
    );
  });

  test('leaves recovery out for links that have none', () => {
    const names = linkConformance(simulated, { recovers: false }).map(({ name }) => name);
    expect(names.filter((name) => name.includes('back'))).toEqual([]);
  });

  test('leaves signs of life out for links that ask for none, and says so where that was not said', async () => {
    const mute = (subject: LinkUnderTest): LinkUnderTest => ({
      ...subject,
      link: {
        open: (identity, sink) => {
          const { probe: _, ...session } = subject.link.open(identity, sink);
          return session;
        },
      },
    });
    const run = (options?: ConformanceOptions) => linkConformance(() => mute(simulated()), options);
    for (const each of run({ probes: false })) await each.run();
    const failures = await Promise.all(
      run().map((each) => each.run().catch(({ message }) => String(message))),
    );
    expect(failures.filter((message) => message?.includes('`{ probes: false }`'))).not.toEqual([]);
  });

  test('finds a link that gives a sign of life of its own accord', async () => {
    const early = await passedBy((subject) => withProbe(subject, (_, answered) => answered()));
    expect(early.filter((name) => name.includes('sign of life'))).toEqual([
      'a sign of life comes for every question, and the server hears and sees nothing of it',
    ]);
  });

  test('finds a link that asks the server by an event, and one that tells of a sign too often', async () => {
    const asking = await passedBy((subject) =>
      withProbe(
        subject,
        (session, answered) =>
          void session
            .call('probe', [], 100)
            .then(answered)
            .catch(() => {}),
      ),
    );
    expect(asking).not.toContain(
      'a sign of life comes for every question, and the server hears and sees nothing of it',
    );
    const twice = await passedBy((subject) =>
      withProbe(subject, (session, answered) => {
        session.probe?.(() => {
          answered();
          answered();
        });
      }),
    );
    expect(twice).not.toContain('a sign of life comes once, for who asked last');
  });
});

/** The same link with another `probe`, which is given the session that it would be of. */
function withProbe(
  subject: LinkUnderTest,
  probe: (session: LinkSession, answered: () => void) => void,
): LinkUnderTest {
  return {
    ...subject,
    link: {
      open(identity, sink) {
        const session = subject.link.open(identity, sink);
        return { ...session, probe: (answered) => probe(session, answered) };
      },
    },
  };
}

async function passedBy(spoil: (subject: LinkUnderTest) => LinkUnderTest, isRude = false): Promise<string[]> {
  const passed: string[] = [];
  for (const { name, run } of linkConformance(() => spoil(simulated(isRude)))) {
    await run().then(
      () => passed.push(name),
      () => {},
    );
  }
  return passed;
}

/** The simulated link in a world that is nothing but a clock and a server. */
function simulated(isRude = false): LinkUnderTest {
  const clock = createVirtualClock();
  const presented: Auth[] = [];
  const heard: Message[] = [];
  const hanging: Handshake[] = [];
  let behaviour: HandshakeBehaviour = 'accept';
  let acknowledges = true;
  const answers: Record<HandshakeBehaviour, (handshake: Handshake) => void> = {
    accept: (handshake) => handshake.accept(),
    recover: (handshake) => handshake.accept({ recovered: true }),
    refuse: (handshake) => handshake.refuse({ code: 'busy', retryAfter: 1_500 }, 'come back'),
    close: (handshake) => handshake.cut(),
    hang: (handshake) => hanging.push(handshake),
  };
  const world = createSimulatedLink({
    network: () => 'up',
    server: () => ({
      name: behaviour,
      onHandshake: (handshake) => answers[behaviour](handshake),
      onMessage(message) {
        heard.push(message);
        if (acknowledges) message.answer(message.args[0]);
      },
    }),
    defer: (_, ms, act) => clock.setTimeout(act, ms),
    isRude,
    isGood: () => true,
    lifeOf: () => null,
    onDial: () => true,
    onMessage() {},
    onSaid() {},
    ...deafTap,
    random: () => 0,
    onPresented: (_, __, auth) => presented.push(auth ?? {}),
    onRefused() {},
  });
  return {
    link: world.link,
    server: {
      next(now) {
        behaviour = now;
      },
      release() {
        for (const handshake of hanging.splice(0)) handshake.accept();
      },
      drop: () => world.cut(),
      kick: () => world.cut({ reason: 'io server disconnect' }),
      say: world.say,
      acknowledge(does) {
        acknowledges = does;
      },
      connections: () => world.live().filter(({ isThrough }) => isThrough).length,
      accepted: () => world.live().filter(({ isOpen }) => isOpen).length,
      presented: () => presented,
      heard: () => heard,
    },
    pass: (ms) => clock.advance(ms),
    close: async () => {},
  };
}
