import { setTimeout as pause } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import type { Connection } from '../../src/index.ts';
import type { Backend } from './backend.ts';
import type { ClientToServer, ServerToClient } from './events.ts';
import type { Printer } from './print.ts';
import type { Session } from './tokens.ts';
import { expect, statusesDuring, untilProven, untilState } from './watch.ts';

export interface Tour {
  readonly connection: Connection<ServerToClient, ClientToServer>;
  readonly backend: Backend;
  readonly session: Session;
  readonly print: Printer;
}

export interface Chapter {
  readonly title: string;
  /** What is about to happen. */
  readonly before: string;
  /** Makes it happen, checks that it did, and says what was seen. */
  play(tour: Tour): Promise<string>;
}

export const chapters: readonly Chapter[] = [
  {
    title: 'The first connection',
    before: 'Alice signs in and connects; the link is dialled while her token is still on its way.',
    async play({ connection, session, backend }) {
      session.signIn('alice');
      const seen = await statusesDuring(connection, async () => {
        connection.connect('alice');
        await connection.ready();
      });
      const phases = seen.map((status) => ('phase' in status ? status.phase : status.state));
      expect(phases.join() === 'credential,handshake,live', 'credential, handshake, live');
      await backend.untilUsersAre(['alice']);
      return '`connected` came when the server had accepted the token, not when a socket opened.';
    },
  },
  {
    title: 'A message each way',
    before:
      'Alice sends a message and gets an acknowledgement; the server tells everybody, herself included.',
    async play({ connection, print }) {
      const news = firstValueFrom(connection.on('message:new'));
      const { id } = await connection.request('message:send', { text: 'hello' });
      print.happened(`acknowledged with id ${id}`);
      const { from, text } = await news;
      print.happened(`received from ${from}: ${text}`);
      expect(from === 'alice' && text === 'hello', 'her own words come back');
      return 'Both ways work, and messages move no status.';
    },
  },
  {
    title: 'The token expires while connected',
    before: 'The first token was a short one: it runs out now, on a link that works.',
    async play({ connection, print }) {
      const look = () => connection.request('session:look', null);
      const first = await look();
      const seen = await statusesDuring(connection, async () => {
        await pause(Math.max(0, -first.expiredFor) + 50);
        const { expiredFor, socket } = await look();
        print.happened(
          `the token ran out ${expiredFor} ms ago; the server still answers on socket ${socket}`,
        );
        expect(expiredFor > 0 && socket === first.socket, 'an expired token on the same socket');
      });
      expect(seen.length === 0, 'no status');
      return 'Nothing happened, on purpose: a token matters at the next handshake, not before.';
    },
  },
  {
    title: 'The server crashes and comes back',
    before:
      'kill -9: each wait is drawn by lot below a growing bound, so that a thousand clients do not come at once.',
    async play({ connection, backend, print }) {
      await untilProven(connection);
      const seen = await statusesDuring(connection, async () => {
        print.happened('kill -9');
        await backend.crash();
        await untilState(
          connection,
          'reconnecting',
          ({ phase, attempt }) => phase === 'waiting' && attempt === 3,
        );
        print.happened('the server is back');
        await backend.comeBack();
        await connection.ready();
      });
      const outage = seen.filter((status) => status.state === 'reconnecting');
      const waits = outage.filter(({ phase }) => phase === 'waiting');
      expect(waits.length >= 3 && waits.every(({ retryAt }) => retryAt !== null), 'waits with a `retryAt`');
      expect(new Set(outage.map(({ since }) => since)).size === 1, 'one outage, whatever fails inside');
      return `One outage with ${waits.length} waits; the credential provider was asked for each attempt.`;
    },
  },
  {
    title: 'Messages written while the server is down',
    before:
      'Alice is in a room. The server crashes, and she goes on writing: each message waits in the outbox.',
    async play({ connection, backend, print }) {
      await untilProven(connection);
      await firstValueFrom(connection.join('lobby').state$.pipe(filter(({ state }) => state === 'joined')));
      print.happened('joined the room lobby; kill -9');
      await backend.crash();
      await untilState(connection, 'reconnecting');
      const deliveries = ['one', 'two', 'three'].map((text) => connection.send('message:send', { text }));
      print.happened(`three messages: ${deliveries.map(({ state }) => state).join(', ')}`);
      await backend.comeBack();
      print.happened('the server is back');
      await Promise.all(deliveries.map(({ acknowledged }) => acknowledged));
      const { texts } = await connection.request('log:look', null);
      const { rooms } = await connection.request('session:look', null);
      print.happened(`the server has ${texts.join(', ')}; she is in ${rooms.join(', ')}`);
      expect(texts.join() === 'one,two,three', 'each message once, in order');
      expect(rooms.join() === 'lobby', 'the room joined again');
      return 'First the room was joined again, then the messages went out: once, and in order.';
    },
  },
  {
    title: 'An acknowledgement is lost',
    before: 'The server does what a message says, and the link breaks before it can say so.',
    async play({ connection, backend, print }) {
      await untilProven(connection);
      const before = await connection.request('log:look', null);
      await backend.cutNextAnswer();
      const delivery = connection.send('message:send', { text: 'pay the bill' });
      const states: string[] = [];
      delivery.state$.subscribe((state) => states.push(state));
      await delivery.acknowledged;
      print.happened(`the message was ${states.join(', ')}`);
      const after = await connection.request('log:look', null);
      expect(after.texts.length === before.texts.length + 1, 'one effect');
      expect(after.repeats === before.repeats + 1, 'one repeat');
      print.happened('the server got it twice, and did it once');
      return 'Sent again with the same id: a server that remembers ids does it once. Without such memory, twice.';
    },
  },
  {
    title: 'The token is refused, and refreshed once',
    before: 'The identity provider changes its key and the network drops: the cached token is worthless now.',
    async play({ connection, backend, session, print }) {
      await untilProven(connection);
      const before = connection.stats();
      const seen = await statusesDuring(connection, async () => {
        backend.useKey(session.rotateKey());
        print.happened('the key is another, the network drops');
        backend.cut();
        await untilState(connection, 'reconnecting');
        await connection.ready();
      });
      const after = connection.stats();
      expect(after.refreshes === before.refreshes + 1, 'one refresh');
      expect(
        (after.refusals['unauthorized'] ?? 0) === (before.refusals['unauthorized'] ?? 0) + 1,
        'one refusal',
      );
      expect(!seen.some(({ state }) => state === 'auth-failed'), 'no auth-failed');
      return 'Refused once, refreshed once, at once: whoever looked at the status saw no failed sign-in.';
    },
  },
  {
    title: 'A refresh that brings nothing, and the sign-in after it',
    before: 'The key changes again, and this time the sign-in has ended as well: no refresh can help.',
    async play({ connection, backend, session, print }) {
      await untilProven(connection);
      backend.useKey(session.rotateKey());
      session.end();
      print.happened('another key, the sign-in ended, the network drops');
      backend.cut();
      const { cause } = await untilState(connection, 'auth-failed');
      expect(cause.hint.includes('Sign in'), 'a hint that says what to do');
      session.signIn('alice');
      print.happened('alice signs in again, and the app calls credentialChanged()');
      connection.credentialChanged();
      await connection.ready();
      return '`auth-failed` is a rest: no timer, no more calls of the provider, until somebody acts.';
    },
  },
  {
    title: 'Too many failures, and the retry',
    before: 'The server is gone for good, or so it seems: after five attempts in a row the client gives up.',
    async play({ connection, backend, print }) {
      await untilProven(connection);
      print.happened('kill -9');
      await backend.crash();
      const { attempts } = await untilState(connection, 'exhausted');
      expect(attempts === 5, 'five attempts');
      await backend.comeBack();
      print.happened('the server is back, and somebody presses "try again": retry()');
      connection.retry();
      await connection.ready();
      return '`exhausted` was entered once, with the reason, and left no timer behind.';
    },
  },
  {
    title: 'Another user signs in',
    before: 'Bob takes over the device: nothing of Alice may stay on the link, nor on the server.',
    async play({ connection, backend, session, print }) {
      session.signIn('bob');
      print.happened('connect("bob")');
      connection.connect('bob');
      await connection.ready();
      const { user } = await connection.request('session:look', null);
      await backend.untilUsersAre(['bob']);
      print.happened('the server has one connection, and it is of bob');
      expect(user === 'bob', 'the server takes the connection for that of bob');
      return 'The old socket was closed and thrown away before the new one was dialled.';
    },
  },
];
