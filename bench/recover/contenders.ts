/** Who is measured, as data. Each has a client in `clients/` and speaks with a server of `servers/`. */
export interface Contender {
  readonly name: ContenderName;
  readonly server: ServerName;
  /** What its version is read of. */
  readonly package: string;
  /** Whether it finds out by itself that an open link is dead. partysocket asks nobody. */
  readonly hasHeartbeat: boolean;
}

export type ContenderName =
  | 'socket.io-client'
  | 'holdfast'
  | 'centrifuge'
  | 'phoenix'
  | 'partysocket'
  | 'graphql-ws';

export type ServerName = 'socket.io' | 'centrifuge' | 'phoenix' | 'echo' | 'graphql-ws';

/** What the others are compared with. */
export const reference = 'socket.io-client' satisfies ContenderName;

export const contenders: readonly Contender[] = [
  { name: 'socket.io-client', server: 'socket.io', package: 'socket.io-client', hasHeartbeat: true },
  { name: 'holdfast', server: 'socket.io', package: 'holdfast', hasHeartbeat: true },
  { name: 'centrifuge', server: 'centrifuge', package: 'centrifuge', hasHeartbeat: true },
  { name: 'phoenix', server: 'phoenix', package: 'phoenix', hasHeartbeat: true },
  { name: 'partysocket', server: 'echo', package: 'partysocket-1', hasHeartbeat: false },
  { name: 'graphql-ws', server: 'graphql-ws', package: 'graphql-ws', hasHeartbeat: true },
];
