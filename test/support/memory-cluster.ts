import {
  type Adapter,
  ClusterAdapterWithHeartbeat,
  type ClusterMessage,
  type ClusterResponse,
} from 'socket.io-adapter';

/** Joins the servers of one process as a cluster would, with Socket.IO's own cluster adapter; each message comes later. */
export function memoryCluster() {
  const nodes = new Set<MemoryAdapter>();
  // Socket.IO calls it with `new`.
  return function adapterOf(namespace: unknown) {
    return new MemoryAdapter(namespace, nodes);
  } as unknown as typeof Adapter;
}

class MemoryAdapter extends ClusterAdapterWithHeartbeat {
  readonly #nodes: Set<MemoryAdapter>;

  constructor(namespace: unknown, nodes: Set<MemoryAdapter>) {
    super(namespace, {});
    this.#nodes = nodes;
    nodes.add(this);
  }

  override close(): void {
    super.close();
    this.#nodes.delete(this);
  }

  protected override async doPublish(message: ClusterMessage): Promise<string> {
    await new Promise(setImmediate);
    for (const node of this.#nodes) node.onMessage(message, '0-1');
    return '0-1';
  }

  protected override async doPublishResponse(to: string, response: ClusterResponse): Promise<void> {
    await new Promise(setImmediate);
    for (const node of this.#nodes) if (node.uid === to) node.onResponse(response);
  }

  override async restoreSession(): Promise<never> {
    throw new Error('sessions are not kept');
  }

  override persistSession(): void {}
}
