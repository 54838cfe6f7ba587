import { Registry } from 'prom-client';
import type { ServerOptions } from 'socket.io';
import {
  type HistoryStore,
  type Notice,
  onNotice,
  type Rooms,
  type RoomsOptions,
  rooms,
} from '../../src/server/index.ts';
import { instrument } from '../../src/server/instrument.ts';
import { type RealServer, startServer } from './servers.ts';
import { use } from './trial.ts';

interface Said {
  said: (payload: unknown) => void;
  [event: string]: (payload: unknown) => void;
}

export interface RoomsServer extends RealServer, Rooms<Said> {
  readonly notices: Notice[];
  /** What was told as failed. */
  failures(): unknown[];
  /** A metric by its name, without `holdfast_`, and its labels as they are written. */
  metric(name: string): Promise<number | undefined>;
  /** Rooms that some socket is in, without those that are the library's own, or a socket's. */
  occupied(): string[];
}

/** A real server with rooms, whose users are whoever their token says; closed when the test ends. */
export async function roomsServer({
  history,
  server = {},
  ...options
}: Partial<RoomsOptions> & {
  history?: HistoryStore | undefined;
  server?: Partial<ServerOptions>;
} = {}): Promise<RoomsServer> {
  const real = use(await startServer(server));
  const registry = new Registry();
  instrument(real.io, { registry });
  real.io.use((socket, proceed) => {
    socket.data.user = socket.handshake.auth['token'];
    proceed();
  });
  const notices: Notice[] = [];
  onNotice(real.io, (notice) => notices.push(notice));
  const desk = rooms(real.io, {
    mayJoin: () => true,
    ...(history !== undefined && { history }),
    ...options,
  }) as unknown as Rooms<Said>;
  return {
    ...real,
    ...desk,
    notices,
    failures: () => notices.flatMap((notice) => (notice.kind === 'failed' ? [notice.error] : [])),
    async metric(name) {
      const line = (await registry.metrics())
        .split('\n')
        .find((each) => each.startsWith(`holdfast_${name} `));
      return line === undefined ? undefined : Number(line.split(' ').at(-1));
    },
    occupied() {
      const { rooms: all, sids } = real.io.of('/').adapter;
      return [...all.keys()].filter((room) => !sids.has(room) && !room.startsWith('holdfast:'));
    },
  };
}
