import { once } from 'node:events';
import { start } from '../harness.ts';
import type { Contender } from './contenders.ts';
import type { Group, Usable } from './crowd.ts';
import { Returns } from './returns.ts';

/** A server in a process of its own. After `kill()` the next one listens on the same port when it is told to. */
export class ServerProcess {
  static async start({ server }: Contender, heartbeat: number | null): Promise<ServerProcess> {
    const begin = () => start<'up'>('./recover/server', [], [server, `${heartbeat ?? 'default'}`]);
    const made = new ServerProcess(begin, await begin());
    await made.listen();
    return made;
  }

  port = 0;
  readonly #begin: () => ReturnType<typeof start>;
  #running: Awaited<ReturnType<typeof start>>;
  #next: Promise<Awaited<ReturnType<typeof start>>> | undefined;

  private constructor(begin: () => ReturnType<typeof start>, running: Awaited<ReturnType<typeof start>>) {
    this.#begin = begin;
    this.#running = running;
  }

  /** Since when it listens. */
  async listen(): Promise<number> {
    if (this.#next !== undefined) this.#running = await this.#next;
    this.#next = undefined;
    this.#running.child.send(this.port);
    const [{ at, port }] = (await once(this.#running.child, 'message')) as [{ at: number; port: number }];
    this.port = port;
    return at;
  }

  /** The process that follows is loaded already by then: what it takes to load a server is not measured. */
  async kill(): Promise<void> {
    this.#next = this.#begin();
    await this.#next;
    await this.#running.stop();
  }

  async stop(): Promise<void> {
    await (await this.#next)?.stop();
    await this.#running.stop();
  }
}

/** The clients of one contender in a process of their own, in groups that have nothing to do with each other. */
export class CrowdProcess {
  static async start({ name }: Contender): Promise<CrowdProcess> {
    return new CrowdProcess(await start<'up'>('./recover/crowd', [], [name]));
  }

  readonly #running: Awaited<ReturnType<typeof start>>;
  readonly #groups: Returns[] = [];

  private constructor(running: Awaited<ReturnType<typeof start>>) {
    this.#running = running;
    running.child.on('message', ({ group, index, at }: Usable) => this.#groups[group]?.note(index, at));
  }

  add(url: string, count: number): Returns {
    const group = this.#groups.push(new Returns(count)) - 1;
    this.#running.child.send({ group, url, count } satisfies Group);
    return this.#groups[group] as Returns;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#running.child.kill(signal);
  }

  stop(): Promise<void> {
    return this.#running.stop();
  }
}
