/**
 * A process that connects, is dropped and connects again, a great many times over one session, and reports what is
 * left. To be run with `--expose-gc`: `endurance-child.ts URL WARM-UP CYCLES`.
 */
import { Manager, type Socket } from 'socket.io-client';
import type { LinkSink } from '../../src/link/link.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import { Secret } from '../../src/secret.ts';

export interface EnduranceReport {
  readonly heapGrowth: number;
  readonly listenersAtWork: readonly number[];
  readonly listenersAfterClose: number;
  readonly resources: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

const [url = '', warmUp = '0', cycles = '0'] = process.argv.slice(2);

/** Emitters under the link; there is one of each for a session's whole life. */
const emitters: { _callbacks?: Record<string, unknown[]>; listenersAny?: () => unknown[] }[] = [];
const makeSocket = Manager.prototype.socket;
Manager.prototype.socket = function (this: Manager, ...args: Parameters<Manager['socket']>): Socket {
  const socket = makeSocket.apply(this, args);
  emitters.push(this as never, socket as never);
  return socket;
};

const counts: Record<string, number> = {};
let heard: (kind: string) => void = () => {};
const hear = (kind: string) => {
  counts[kind] = (counts[kind] ?? 0) + 1;
  heard(kind);
};
const sink: LinkSink = {
  opened: () => hear('opened'),
  refused: () => hear('refused'),
  failed: () => hear('failed'),
  lost: () => hear('lost'),
  received: () => {},
};
const session = socketIo(url).open('alice', sink);
const next = () => new Promise((resolve) => (heard = resolve));

let epoch = 0;
const listenersAtWork = new Set<number>();
await run(Number(warmUp));
const before = heap();
await run(Number(cycles));
const heapGrowth = heap() - before;
await session.close();
const report: EnduranceReport = {
  heapGrowth,
  listenersAtWork: [...listenersAtWork],
  listenersAfterClose: listeners(),
  resources: process.getActiveResourcesInfo().filter((resource) => !/Pipe|TTY|Immediate/.test(resource)),
  counts,
};
process.send?.(report);
process.disconnect();

async function run(count: number): Promise<void> {
  for (let cycle = 0; cycle < count; cycle++) {
    epoch += 1;
    const kind = cycle % 5;
    const settled = next();
    session.dial(epoch);
    session.authenticate(epoch, new Secret({ token: 'a-good-token', act: kind === 4 ? 'refuse' : 'accept' }));
    if (kind === 3) {
      session.hangUp(epoch, { keepSession: false });
      continue;
    }
    await settled;
    if (kind === 4) continue;
    listenersAtWork.add(listeners());
    if (kind === 2) {
      await session.call('echo', ['x'], 5000);
      session.hangUp(epoch, { keepSession: cycle % 2 === 0 });
      continue;
    }
    const lost = next();
    session.emit(kind === 0 ? 'drop me' : 'kick me', []);
    await lost;
  }
}

function listeners(): number {
  const of = ({ _callbacks = {}, listenersAny }: (typeof emitters)[number], at: number) =>
    Object.values(_callbacks).flat().length +
    (at % 2 === 1 ? (listenersAny?.call(emitters[at]).length ?? 0) : 0);
  return emitters.reduce((sum, emitter, at) => sum + of(emitter, at), 0);
}

function heap(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  for (let n = 0; n < 4; n++) gc();
  return process.memoryUsage().heapUsed;
}
