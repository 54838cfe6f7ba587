/** Web Locks for several pages in one process. A page that dies lets go of all that it held and asked for. */
export class WebLocks {
  readonly #held: Request[] = [];
  readonly #queue: Request[] = [];

  page(): Page {
    const page = Symbol('page');
    const request = (
      name: string,
      ...rest: [LockOptions, LockGrantedCallback<unknown>] | [LockGrantedCallback<unknown>]
    ) => {
      const callback = rest.at(-1) as LockGrantedCallback<unknown>;
      const { mode = 'exclusive', signal } = rest.length === 2 ? (rest[0] as LockOptions) : {};
      return new Promise((resolve, reject) => {
        const asked: Request = { page, name, mode, callback, resolve, reject };
        signal?.addEventListener('abort', () => {
          if (drop(this.#queue, asked)) reject(new DOMException('aborted', 'AbortError'));
        });
        this.#queue.push(asked);
        this.#grant();
      });
    };
    const query = async () => ({
      held: this.#held.map(({ name, mode }) => ({ name, mode })),
      pending: this.#queue.map(({ name, mode }) => ({ name, mode })),
    });
    return {
      locks: { request, query } as unknown as LockManager,
      die: () => {
        for (const list of [this.#held, this.#queue]) {
          for (const each of list.filter((one) => one.page === page)) drop(list, each);
        }
        this.#grant();
      },
      lose: () => {
        for (const each of this.#held.filter((one) => one.page === page)) {
          drop(this.#held, each);
          each.reject(new DOMException('stolen', 'AbortError'));
        }
        this.#grant();
      },
    };
  }

  #grant(): void {
    for (const asked of [...this.#queue]) {
      const others = [...this.#held, ...this.#queue.slice(0, this.#queue.indexOf(asked))];
      const inTheWay = others.filter(({ name }) => name === asked.name);
      if (inTheWay.some(({ mode }) => mode === 'exclusive' || asked.mode === 'exclusive')) continue;
      drop(this.#queue, asked);
      this.#held.push(asked);
      void Promise.resolve()
        .then(() => asked.callback({ name: asked.name, mode: asked.mode }))
        .then(asked.resolve, asked.reject)
        .finally(() => {
          if (drop(this.#held, asked)) this.#grant();
        });
    }
  }
}

export interface Page {
  readonly locks: LockManager;
  /** As when the tab is closed or crashes. */
  die(): void;
  /** Its locks are taken away, and it lives on. */
  lose(): void;
}

interface Request {
  readonly page: symbol;
  readonly name: string;
  readonly mode: LockMode;
  readonly callback: LockGrantedCallback<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

function drop<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item);
  if (at !== -1) list.splice(at, 1);
  return at !== -1;
}
