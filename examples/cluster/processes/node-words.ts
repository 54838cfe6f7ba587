/** What a node can be asked. */
export type NodeOrders = {
  online(users: readonly string[]): Promise<Readonly<Record<string, boolean>>>;
};

/** What a node tells by itself. */
export type NodeNews =
  | { type: 'listening'; port: number }
  /** A message came again, and was answered without doing it again. */
  | { type: 'repeat' }
  | { type: 'failed'; what: string };
