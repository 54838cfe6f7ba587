import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type Connection,
  createConnection,
  type ErrorCode,
  type Inbound,
  type Status,
} from '../../../src/index.ts';
import { createHandLink } from '../../support/harness.ts';

interface Message {
  readonly text: string;
}

/** Interfaces as Socket.IO users write them: no index signature. */
interface ServerToClient {
  'message:new': (message: Message) => void;
  'user:left': (id: number, reason: string) => void;
  pulse: () => void;
}

interface ClientToServer {
  'message:send': (message: Message, acknowledge: (answer: { id: string }) => void) => void;
  typing: (room: string) => void;
}

/** Never called: what is in it is for the compiler, which every check runs. */
function misuse(connection: Connection<ServerToClient, ClientToServer>): void {
  // @ts-expect-error no such event comes from the server
  connection.on('message:old');
  // @ts-expect-error an event of the other direction
  connection.on('typing');
  // @ts-expect-error the payload is not a message
  connection.volatile('message:send', 'hello');
  // @ts-expect-error no such event goes to the server
  connection.volatile('message:new', { text: 'hello' });
  // @ts-expect-error the payload is missing
  void connection.request('typing');
  // @ts-expect-error the room is a string
  void connection.request('typing', 5);
  // @ts-expect-error an identity is a string
  connection.connect(5);
  // @ts-expect-error the actor is for reading
  connection.actor.send({ type: 'user.connect' });
}

describe('types', () => {
  const { link } = createHandLink();
  const connection = createConnection<ServerToClient, ClientToServer>({ link, credential: false });

  test('[LK-6] of messages follow the events of the server', () => {
    connection.on('message:new').subscribe((payload) => expectTypeOf(payload).toEqualTypeOf<Message>());
    connection.on('user:left').subscribe((payload) => expectTypeOf(payload).toEqualTypeOf<number>());
    connection.messages$.subscribe((message) => {
      expectTypeOf(message.event).toEqualTypeOf<'message:new' | 'user:left' | 'pulse'>();
      if (message.event === 'message:new') expectTypeOf(message.payload).toEqualTypeOf<Message>();
      if (message.event === 'user:left') expectTypeOf(message.payload).toEqualTypeOf<number>();
    });
    expectTypeOf<Inbound<ServerToClient>['replayed']>().toEqualTypeOf<boolean>();
    expect(misuse).toBeTypeOf('function');
  });

  test('[LK-6, OB-8] of answers follow the events of the client', async () => {
    const answer = connection.request('message:send', { text: 'hello' });
    expectTypeOf(answer).toEqualTypeOf<Promise<{ id: string }>>();
    await expect(answer).rejects.toMatchObject({ code: 'not-live' });
    const without = connection.request('typing', 'room');
    expectTypeOf(without).toEqualTypeOf<Promise<unknown>>();
    await expect(without).rejects.toMatchObject({ code: 'not-live' });
    expectTypeOf(connection.volatile('typing', 'room')).toEqualTypeOf<boolean>();
  });

  test('[LK-6] are open where nobody gave any', () => {
    const open = createConnection({ link, credential: false });
    open.on('anything').subscribe((payload) => expectTypeOf(payload).toBeAny());
    expectTypeOf(open).toEqualTypeOf<Connection>();
    expect(open.volatile('anything', 1)).toBe(false);
  });

  test('[ST-1] of a status tell what each state has', () => {
    const status = connection.getStatus() as Status;
    if (status.state === 'reconnecting') {
      expectTypeOf(status.retryAt).toEqualTypeOf<number | null>();
      expectTypeOf(status.cause.code).toEqualTypeOf<ErrorCode>();
    }
    if (status.state === 'connected') expectTypeOf(status.phase).toEqualTypeOf<'restoring' | 'live'>();
    // @ts-expect-error idle belongs to nobody
    if (status.state === 'idle') expect(status.identity).toBeUndefined();
    expectTypeOf<Status['state']>().toEqualTypeOf<
      'idle' | 'authenticating' | 'connected' | 'reconnecting' | 'auth-failed' | 'exhausted'
    >();
  });
});
