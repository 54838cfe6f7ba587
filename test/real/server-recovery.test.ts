import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Namespace, Server, type ServerOptions } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { AuthError, authenticate, jwt } from '../../src/server/index.ts';
import { guarded } from '../support/guarded.ts';
import { live } from '../support/live.ts';
import { bodyOf, type RawClient, rawClient } from '../support/raw-client.ts';
import { next } from '../support/servers.ts';
import { secret, tokenOf } from '../support/tokens.ts';
import { use } from '../support/trial.ts';

interface Session {
  readonly pid: string;
  readonly offset: string;
}

/** Alice came in, read one message of her room and dropped without a goodbye; a secret was said there since. */
async function missedBy(server: Awaited<ReturnType<typeof guarded>>, token: string): Promise<Session> {
  const { io, port } = server;
  const alice = use(await rawClient(port));
  const connection = next(io, 'connection');
  alice.connect({ token });
  const { pid } = bodyOf(await alice.next('0')) as { pid: string };
  const [socket] = await connection;
  socket.join('room');
  io.to('room').emit('m', 'before');
  const [, , offset] = bodyOf(await alice.next('2')) as string[];
  const gone = next(socket, 'disconnect');
  await alice.drop();
  await gone;
  io.to('room').emit('m', 'SECRET-missed');
  return { pid, offset: offset as string };
}

async function comeBack(port: number, auth: object): Promise<RawClient> {
  const client = use(await rawClient(port));
  client.connect(auth);
  return client;
}

/** The server's answer to a refused client: nothing before it, nothing after it. */
async function refusedOnly(client: RawClient): Promise<unknown> {
  const answer = bodyOf(await client.next('4'));
  // Whatever was written before or right after it has arrived once the server has answered something else.
  client.send('0/nowhere,{}');
  await client.next('4/nowhere');
  expect(client.packets).toHaveLength(2);
  expect(client.packets.join()).not.toContain('SECRET');
  return answer;
}

const recoveries = [
  ['that runs middleware', { skipMiddlewares: false }],
  ['that skips middleware', { skipMiddlewares: true }],
  ['as it comes', {}],
] as const;

describe.each(recoveries)('with connection state recovery %s', (_, connectionStateRecovery) => {
  const server: Partial<ServerOptions> = { connectionStateRecovery };

  test('[SV-1] the same user with a good token gets the session and what was missed', async () => {
    const real = await guarded({}, { server });
    const { pid, offset } = await missedBy(real, await tokenOf());
    const exp = Math.floor(Date.now() / 1_000) + 1_000;
    const back = await comeBack(real.port, { pid, offset, token: await tokenOf({ exp, role: 'new' }) });
    expect(bodyOf(await back.next('2'))).toEqual(['m', 'SECRET-missed', expect.any(String)]);
    expect(bodyOf(await back.next('0'))).toMatchObject({ pid });
    // The new credential counts, not the one of the session.
    await expect.poll(() => real.admitted.length).toBe(2);
    expect(real.admitted[1]).toMatchObject({
      user: 'alice',
      expiresAt: exp * 1_000,
      claims: { role: 'new' },
    });
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['an expired token', () => tokenOf({ exp: Math.floor(Date.now() / 1_000) - 60 }), 'expired'],
    ['a tampered token', async () => `${await tokenOf()}x`, 'unauthorized'],
    ['no token', async () => undefined, 'unauthorized'],
    ['a token of a wrong type', async () => ({ token: 1 }), 'unauthorized'],
  ])(
    '[SV-1] who comes back with %s is refused, and no missed packet is on the wire',
    async (_, token, code) => {
      const real = await guarded({}, { server });
      const session = await missedBy(real, await tokenOf());
      const back = await comeBack(real.port, { ...session, token: await token() });
      expect(await refusedOnly(back)).toEqual({ message: code, data: { code } });
      expect(real.notices).toContainEqual(expect.objectContaining({ kind: 'refused', code }));
      expect(real.users()).toEqual([]);
    },
  );

  test('[SV-1] whose token was revoked meanwhile is refused, and no missed packet is on the wire', async () => {
    const revoked = new Set<string>();
    const good = jwt({ secret });
    const verify = async (token: string) => {
      if (revoked.has(token)) throw new AuthError('forbidden', 'revoked');
      return good(token);
    };
    const real = await guarded({ verify }, { server });
    const token = await tokenOf();
    const session = await missedBy(real, token);
    revoked.add(token);
    expect(await refusedOnly(await comeBack(real.port, { ...session, token }))).toMatchObject({
      data: { code: 'forbidden' },
    });
  });

  test("[SV-1] who shows another user's session comes in as a newcomer, and reads nothing of it", async () => {
    const real = await guarded({}, { server });
    const session = await missedBy(real, await tokenOf());
    const bob = await comeBack(real.port, { ...session, token: await tokenOf({ sub: 'bob' }) });
    const { pid } = bodyOf(await bob.next('0')) as { pid: string };
    expect(pid).not.toBe(session.pid);
    await expect.poll(() => real.users()).toEqual(['bob']);
    bob.send('21["echo","done"]');
    await bob.next('31');
    expect(bob.packets).toHaveLength(2);
    // Nor does the session suffer: it is still there for whom it belongs to.
    const alice = await comeBack(real.port, { ...session, token: await tokenOf() });
    expect(await alice.next('2')).toContain('SECRET-missed');
  });

  test('[SV-1] a session is asked for in disguise: nothing is recovered, and nothing on the wire', async () => {
    const real = await guarded({}, { server });
    const { pid, offset } = await missedBy(real, await tokenOf());
    const good = await tokenOf();
    const rest = `id":"${pid}","offset":"${offset}","token":`;
    const disguises = [
      `0{"\\u0070${rest}"bad"}`,
      `07{"p${rest}"bad"}`,
      `0/,{"p${rest}"bad"}`,
      `0{"token":"${good}","p${rest}"bad"}`,
    ];
    for (const packet of disguises) {
      const client = use(await rawClient(real.port));
      client.send(packet);
      expect(await refusedOnly(client)).toMatchObject({ data: { code: 'unauthorized' } });
    }
    // Two at once: the good credential of the one is none for the other.
    const twice = use(await rawClient(real.port));
    twice.send(`0{"token":"${good}"}`);
    twice.send(`0{"p${rest}"bad"}`);
    await twice.next('4');
    expect(twice.packets.join()).not.toContain('SECRET');
  });

  test('[SV-1, LK-1] the client of holdfast recovers its session, the credential asked for again', async () => {
    const asked: string[] = [];
    const good = jwt({ secret });
    const verify = async (token: string) => {
      asked.push(token);
      return good(token);
    };
    const real = await guarded({ verify }, { server });
    const run = live(real.url, { credential: () => tokenOf() });
    const heard: unknown[] = [];
    run.connection.messages$.subscribe(({ event, replayed }) => heard.push([event, replayed]));
    const connection = next(real.io, 'connection');
    run.connection.connect('alice');
    const [socket] = await connection;
    await run.connection.ready();
    socket.emit('m', 1);
    await expect.poll(() => heard.length).toBe(1);
    const gone = next(socket, 'disconnect');
    const back = next(real.io, 'connection');
    socket.conn.close();
    await gone;
    real.io.emit('m', 2);
    const [again] = await back;
    expect(again.recovered).toBe(true);
    await expect
      .poll(() => heard)
      .toEqual([
        ['m', false],
        ['m', true],
      ]);
    expect(asked).toHaveLength(2);
    expect(asked[0]).not.toBe(asked[1]);
  });
});

describe('the guard of recovery', () => {
  const recovering = { connectionStateRecovery: {}, serveClient: false };

  test('[SV-1] holds for an adapter that was set after it', async () => {
    let restored = 0;
    const real = await guarded({}, { server: recovering });
    const Base = real.io.of('/').adapter.constructor as new (of: Namespace) => Namespace['adapter'];
    class Careless extends Base {
      override async restoreSession() {
        restored += 1;
        return {
          sid: 's',
          pid: 'p',
          rooms: [],
          data: { user: 'alice' },
          missedPackets: [['m', 'SECRET']],
        } as never;
      }
    }
    real.io.adapter(Careless as never);
    const back = await comeBack(real.port, { pid: 'p', offset: 'o', token: 'bad' });
    expect(await refusedOnly(back)).toMatchObject({ data: { code: 'unauthorized' } });
    expect(restored).toBe(0);
    const alice = await comeBack(real.port, { pid: 'p', offset: 'o', token: await tokenOf() });
    expect(await alice.next('2')).toContain('SECRET');
  });

  test('[SV-1] holds for each namespace by itself', async () => {
    const real = await guarded({}, { server: recovering });
    const room = real.io.of('/room');
    authenticate(room, { verify: (token) => ({ user: token, claims: {} }) });
    const client = use(await rawClient(real.port));
    client.send('0/room,{"token":"carol"}');
    const { pid } = JSON.parse((await client.next('0/room')).slice('0/room,'.length));
    room.emit('m', 'first');
    const [, , offset] = JSON.parse((await client.next('2/room')).slice('2/room,'.length));
    await client.drop();
    await expect.poll(() => room.sockets.size).toBe(0);
    room.emit('m', 'SECRET-missed');
    const shown = `"pid":"${pid}","offset":"${offset}"`;
    const dave = use(await rawClient(real.port));
    dave.send(`0/room,{${shown},"token":"dave"}`);
    await dave.next('0/room');
    expect(dave.packets.join()).not.toContain('SECRET');
    const carol = use(await rawClient(real.port));
    carol.send(`0/room,{${shown},"token":"carol"}`);
    expect(await carol.next('2/room')).toContain('SECRET-missed');
  });

  test('[SV-1] wants a server that listens, and says so', async () => {
    const io = new Server(recovering);
    const verify = jwt({ secret });
    expect(() => authenticate(io, { verify })).toThrow(
      expect.objectContaining({ code: 'bad-argument', hint: expect.stringMatching(/attach/) }),
    );
    const http = createServer();
    io.attach(http);
    authenticate(io, { verify });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    use({ close: async () => void (await io.close()) });
    const client = await comeBack((http.address() as AddressInfo).port, { token: await tokenOf() });
    await client.next('0');
  });
});
