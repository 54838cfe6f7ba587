import { befallsMessage, breaksLink, type Fault, pause, untilBroken, untilSettled } from './fault.ts';

export interface FaultGroup {
  readonly title: string;
  readonly faults: readonly Fault[];
}

const network: readonly Fault[] = [
  {
    name: 'cut',
    title: 'Cut the link',
    promise:
      'The connection drops without a word. An attempt follows within half a second, and a dip that is over by then never shows in the banner.',
    end: 'heals',
    press: breaksLink('cut'),
  },
  {
    name: 'silence',
    title: 'Half-open link',
    promise:
      'The server goes silent and nobody is told. Socket.IO’s pings, every 3 s here, find it out within 6 s; then a new link is made.',
    end: 'heals',
    press: breaksLink('silence'),
  },
  {
    name: 'offline',
    title: 'Go offline',
    promise:
      'The network is gone, and known to be. Nothing is tried and no attempt counted until it is back.',
    end: 'waits',
    async press({ connection, outside, commit }) {
      outside.tell('offline');
      await commit('cut');
      await untilBroken(connection);
    },
  },
  {
    name: 'online',
    title: 'Come back online',
    promise: 'One attempt follows within 250 ms, spread so that an office does not come back as one.',
    end: 'heals',
    press: async ({ outside }) => outside.tell('online'),
  },
];

const server: readonly Fault[] = [
  {
    name: 'kill',
    title: 'Kill the server',
    promise:
      'kill -9 of its process. Attempts follow after random waits that grow. Nobody there for 20 s: it gives up and rests.',
    end: 'waits',
    press: breaksLink('kill'),
  },
  {
    name: 'restart',
    title: 'Start it again',
    promise:
      'A new process on the same port: the next attempt finds it. Who gave up already presses retry().',
    end: 'heals',
    async press({ commit }, tell) {
      if (!(await commit('restart'))) tell('there is a server already');
    },
  },
  {
    name: 'drain',
    title: 'Drain the server',
    promise:
      'It says goodbye to everybody and asks for 3 s. They come back after that, spread, and not all at once.',
    end: 'heals',
    press: breaksLink('drain'),
  },
  {
    name: 'supersede',
    title: 'Open it elsewhere',
    promise:
      'The server says goodbye because another tab took over. This one rests, so that the two do not fight; retry() takes it back.',
    end: 'rests',
    press: breaksLink('supersede'),
  },
  {
    name: 'forbid',
    title: 'Ban the user',
    promise:
      'The server says that this user may not be here. No fresh token can change that: it stops until somebody acts.',
    end: 'rests',
    press: breaksLink('forbid'),
  },
];

const credential: readonly Fault[] = [
  {
    name: 'expire',
    title: 'Expire the token',
    promise:
      'The server ends the link because the token ran out. A fresh one is fetched at once, and connects.',
    end: 'heals',
    press: breaksLink('expire'),
  },
  {
    name: 'refuse-credential',
    title: 'Refuse the next token',
    promise:
      'The link is cut, and the server turns the cached token down. One refresh follows at once, and repairs it.',
    end: 'heals',
    press: breaksLink('refuse-credential'),
  },
  {
    name: 'hang',
    title: 'Provider hangs',
    promise:
      'The link is cut, and the call for a token is never answered. After 3 s it is called off; the next attempt asks again.',
    end: 'heals',
    async press(stage, tell) {
      stage.outside.hang();
      await breaksLink('cut')(stage, tell);
    },
  },
  {
    name: 'nobody',
    title: 'Provider says no',
    promise:
      'The link is cut, and nobody is signed in any more. Trying again cannot help: it stops until somebody signs in.',
    end: 'rests',
    async press(stage, tell) {
      stage.session.signOut();
      await breaksLink('cut')(stage, tell);
    },
  },
];

const messages: readonly Fault[] = [
  {
    name: 'lose-answer',
    title: 'Lose an answer',
    promise:
      'Sends a message. The server stores it, and its answer is lost: after 3 s it goes again with the same id, and nothing is done twice.',
    end: 'heals',
    press: befallsMessage('lose-answer', 'Did this one arrive?'),
  },
  {
    name: 'refuse-message',
    title: 'Refuse a message',
    promise:
      'Sends a message that the server will not have. It is refused, with the server’s reason, and not sent again.',
    end: 'heals',
    press: befallsMessage('refuse-message', 'Please take this one.'),
  },
  {
    name: 'expire-message',
    title: 'Let a message expire',
    promise:
      'Goes offline for 2 s and sends what is worthless after one. It expires, and the server never sees it.',
    end: 'heals',
    async press({ connection, outside, commit, send }, tell) {
      outside.tell('offline');
      await commit('cut');
      await untilBroken(connection);
      const settled = untilSettled(send('Anyone for tea, right now?', 1_000), tell);
      await Promise.all([settled, pause(2_000)]);
      outside.tell('online');
    },
  },
];

const page: readonly Fault[] = [
  {
    name: 'sleep',
    title: 'Sleep and wake',
    promise:
      'The device sleeps for a second, and the link dies meanwhile. On waking it is not believed: a probe without an answer within 1.5 s, and a new link is made.',
    end: 'heals',
    async press({ connection, outside, commit }) {
      outside.tell('frozen');
      await commit('silence');
      await pause(1_000);
      outside.tell('resumed');
      await untilBroken(connection);
    },
  },
  {
    name: 'hide',
    title: 'Hide and show',
    promise:
      'Away for a second. On return the link is asked for a sign of life and gives one: nothing shows.',
    end: 'heals',
    async press({ outside }, tell) {
      outside.tell('hidden');
      await pause(1_000);
      outside.tell('visible');
      tell('hidden and visible again: the link is asked for a sign of life');
    },
  },
];

/** Everything that can be done to the connection, in the order of the panel. */
export const faultGroups: readonly FaultGroup[] = [
  { title: 'Network', faults: network },
  { title: 'Server', faults: server },
  { title: 'Sign-in', faults: credential },
  { title: 'Messages', faults: messages },
  { title: 'Device', faults: page },
];
