import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../../tools/paths.ts';

/** The demo as a person starts it. */
export interface Demo {
  /** As it said where it is, with a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** All that was printed so far. */
  readonly output: string;
  /** Starts the chat server again, should a test have left it dead. */
  revive(): Promise<void>;
  /** Ids of the processes of the command that live. */
  processes(): Promise<string[]>;
  /** Ctrl-C: everything in the terminal hears of it. Resolves when the command has ended. */
  interrupt(): Promise<void>;
}

/** Runs `npm start`, and resolves when it has said where the page is. */
export function startDemo(...args: string[]): Promise<Demo> {
  return run('npm', 'start', '--', ...args);
}

/** The same as Vite alone serves it: not built, for those who work on it. */
export function startUnbuiltDemo(): Promise<Demo> {
  return run('npx', 'vite', 'examples/demo');
}

async function run(command: string, ...args: string[]): Promise<Demo> {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    // A group of its own, as a terminal gives to each command.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const group = child.pid as number;
  const ended = once(child, 'close');
  const printed = { text: '' };
  const port = await portOf(child, printed);
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    get output() {
      return printed.text;
    },
    async revive() {
      const origin = `http://127.0.0.1:${port}`;
      await fetch(`${origin}/faults/restart`, { method: 'POST', headers: { origin }, body: '{}' });
    },
    processes: () => membersOf(group),
    async interrupt() {
      process.kill(-group, 'SIGINT');
      await ended;
    },
  };
}

function portOf(child: ChildProcess, printed: { text: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed.text += chunk;
      const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(printed.text) ?? [];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => reject(new Error(`it ended with ${code}:\n${printed.text}`)));
  });
}

/** `ps` knows of processes that lost their parent, too. */
async function membersOf(group: number): Promise<string[]> {
  const ps = spawn('ps', ['-A', '-o', 'pgid=,pid=,stat=']);
  let listed = '';
  ps.stdout.on('data', (chunk) => {
    listed += chunk;
  });
  await once(ps, 'close');
  return (
    listed
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      // One that has ended and was not asked after yet runs no more.
      .filter(([its, , state = '']) => its === String(group) && !state.startsWith('Z'))
      .map(([, pid = '']) => pid)
  );
}
