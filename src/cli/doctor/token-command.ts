import { spawn } from 'node:child_process';
import { Secret } from '../../secret.ts';

/** As much as the library takes for a credential. */
export const largestToken = 64 * 1024;

/** Runs the command in a shell. Its output is the token, and shown nowhere: what it prints when it fails may hold one, too. */
export function runTokenCommand(
  command: string,
  timeout: number,
  signal: AbortSignal,
): Promise<{ readonly token: Secret<string> } | { readonly problem: string }> {
  return new Promise((resolve) => {
    // A group of its own, so that a pipeline in it ends as a whole.
    const isPosix = process.platform !== 'win32';
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: isPosix,
      windowsHide: true,
    });
    let output = '';
    const settle = (outcome: { token: Secret<string> } | { problem: string }) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      child.stdout.destroy();
      resolve(outcome);
    };
    const end = (problem: string) => {
      settle({ problem });
      kill(child.pid, isPosix);
    };
    const stop = () => end('the command was stopped');
    const timer = setTimeout(() => end(`the command did not end within ${timeout / 1000} s`), timeout);
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      output += chunk;
      if (output.length > 2 * largestToken) end(`the command printed more than ${largestToken} bytes`);
    });
    child.on('error', () => settle({ problem: 'the command could not be started' }));
    child.on('close', (code, killer) => {
      if (code !== 0) return settle({ problem: `the command ended with ${killer ?? `exit code ${code}`}` });
      const token = output.trim();
      if (token === '') return settle({ problem: 'the command printed nothing' });
      if (Buffer.byteLength(token) > largestToken)
        return settle({ problem: `the command printed more than ${largestToken} bytes` });
      settle({ token: new Secret(token) });
    });
  });
}

function kill(pid: number | undefined, isPosix: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isPosix ? -pid : pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
