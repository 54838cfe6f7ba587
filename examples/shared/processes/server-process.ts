import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A script in a process of its own, so that it can be killed. It is told orders, and says what happens there. */
export interface ServerProcess<Order, Report extends SaidByType> {
  readonly pid: number;
  tell(order: Order): void;
  /** Calls the listener with everything that it says from now on. */
  listen(listener: (report: Report) => void): void;
  /** The next that it says of this type. */
  heard<T extends Report['type']>(type: T): Promise<Extract<Report, { type: T }>>;
  /** Resolves when it is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** `kill -9`, or a gentler signal. Resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

interface SaidByType {
  readonly type: string;
}

export interface ProcessOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Such as `--expose-gc`. */
  readonly nodeFlags?: readonly string[];
}

const running = new Set<ChildProcess>();
process.once('exit', killAll);

/** Starts one of the examples' scripts; what it prints is shown. It does not outlive this process, unless that is killed. */
export function startProcess<Order extends object, Report extends SaidByType>(
  script: URL,
  { env = {}, nodeFlags = [] }: ProcessOptions = {},
): ServerProcess<Order, Report> {
  const child = fork(fileURLToPath(script), {
    // The repository: where `tsx` is to be found, whoever reads TypeScript in this process, and `tsconfig.json` by it.
    cwd: fileURLToPath(new URL('../../../', import.meta.url)),
    env: { ...process.env, ...env },
    execArgv: ['--import', 'tsx', ...nodeFlags],
    stdio: 'inherit',
  });
  running.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => {
      running.delete(child);
      resolve();
    });
  });
  // What it is told on its way out finds nobody there.
  child.on('error', () => {});
  return {
    pid: child.pid ?? 0,
    tell: (order) => void child.send(order),
    listen: (listener) => void child.on('message', listener),
    heard: (type) =>
      new Promise((resolve) => {
        child.on('message', function listen(report: Report) {
          if (report.type !== type) return;
          child.off('message', listen);
          resolve(report as never);
        });
      }),
    gone,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return gone;
    },
  };
}

/** Ends all that were started, without waiting. */
export function killAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
