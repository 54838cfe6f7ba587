import type { Device } from './device.ts';
import { badMoods } from './identity-provider.ts';

/** What people, providers and hosts do with a connection, and how often each of them does, in ms from one to the next. */
export interface Act {
  readonly name: string;
  readonly every: number;
  readonly play: (device: Device, random: () => number) => void;
}

/** All that goes on beside the sending. */
export const acts: readonly Act[] = [
  {
    name: 'switch',
    every: 480_000,
    play(device) {
      const [one, other] = device.users;
      device.logIn(device.user === one ? other : one);
    },
  },
  {
    name: 'switch there and back at once',
    every: 2_400_000,
    play(device) {
      const [one, other] = device.users;
      const away = device.user === one ? other : one;
      const home = device.user ?? one;
      device.logIn(away);
      device.send();
      device.logIn(home);
    },
  },
  {
    name: 'disconnect',
    every: 960_000,
    play(device, random) {
      const { user } = device;
      if (user === null) return;
      device.disconnect();
      device.later(8_000 * random(), () => device.logIn(user));
    },
  },
  {
    name: 'sign out',
    every: 2_400_000,
    play(device, random) {
      if (device.user === null) return;
      device.signOut();
      const next = device.users[random() < 0.5 ? 0 : 1];
      device.later(5_000 * random(), () => device.logIn(next));
    },
  },
  {
    name: 'mood of the provider',
    every: 360_000,
    play(device, random) {
      device.provider.mood = badMoods[Math.floor(random() * badMoods.length)] ?? 'fails';
      // Who asks it meanwhile feels it: most will, since tokens are short.
      device.later(5_000 + 30_000 * random(), () => {
        device.provider.mood = 'well';
      });
    },
  },
  {
    name: 'another credential',
    every: 1_200_000,
    play: (device) => device.connection.credentialChanged(),
  },
  {
    name: 'retry',
    every: 1_200_000,
    play: (device) => device.connection.retry(),
  },
  {
    name: 'offline',
    every: 960_000,
    play(device, random) {
      device.signal('offline');
      device.later(6_000 * random(), () => device.signal('online'));
    },
  },
  {
    name: 'asleep',
    every: 960_000,
    play(device, random) {
      device.signal('hidden');
      device.signal('frozen');
      device.later(6_000 * random(), () => {
        device.signal('resumed');
        device.signal('visible');
      });
    },
  },
];

/** One message, as a rule an ordinary one. */
export function say(device: Device, random: () => number): void {
  const lot = random();
  if (lot < 0.05) device.send({ once: true });
  else if (lot < 0.1) device.send({ ttl: 2_000 });
  else if (lot < 0.12) device.send({ forbidden: true });
  else device.send();
}
