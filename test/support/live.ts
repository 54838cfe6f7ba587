import { onTestFinished } from 'vitest';
import {
  type Connection,
  type ConnectionOptions,
  type CredentialProvider,
  type CredentialRequest,
  createConnection,
  type Problem,
  type SocketIoOptions,
  type Status,
  socketIo,
} from '../../src/index.ts';
import { shortly } from './harness.ts';

export interface Live {
  readonly connection: Connection;
  readonly statuses: Status[];
  readonly problems: Problem[];
  /** What the provider was asked, call by call. */
  readonly asked: CredentialRequest[];
  /** The statuses so far, in short. */
  story(): string[];
}

export interface LiveOptions extends Partial<Omit<ConnectionOptions, 'credential' | 'link'>> {
  readonly credential?: CredentialProvider;
  readonly link?: SocketIoOptions;
}

/** A connection to a real server, as a user makes it, with short waits; disposed of when the test ends. */
export function live(url: string, { link, credential = freshToken, ...options }: LiveOptions = {}): Live {
  const asked: CredentialRequest[] = [];
  const connection = createConnection({
    link: socketIo(url, link),
    credential(request) {
      asked.push(request);
      return credential(request);
    },
    ...options,
    reconnect: { first: 10, base: 10, cap: 50, ...options.reconnect },
  });
  const statuses: Status[] = [];
  const problems: Problem[] = [];
  connection.status$.subscribe((status) => statuses.push(status));
  connection.problems$.subscribe((problem) => problems.push(problem));
  onTestFinished(() => connection.dispose());
  return { connection, statuses, problems, asked, story: () => statuses.map(shortly) };
}

type StatusIn<T extends Status['state']> = Extract<Status, { state: T }>;

/** The current status when it is in this state and fits, or the next one that is. */
export function until<T extends Status['state']>(
  { connection, story }: Pick<Live, 'connection' | 'story'>,
  state: T,
  fits: (status: StatusIn<T>) => boolean = () => true,
): Promise<StatusIn<T>> {
  return new Promise((resolve, reject) => {
    const tooLong = setTimeout(() => {
      stop();
      reject(new Error(`never ${state}, but ${story().join(', ')}`));
    }, 10_000);
    const look = () => {
      const status = connection.getStatus();
      if (status.state !== state || !fits(status as StatusIn<T>)) return;
      clearTimeout(tooLong);
      stop();
      resolve(status as StatusIn<T>);
    };
    const stop = connection.subscribe(look);
    look();
  });
}

let tokens = 0;

function freshToken(): string {
  tokens += 1;
  return `token-${tokens}`;
}
