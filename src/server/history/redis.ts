import { randomBytes, randomUUID } from 'node:crypto';
import { readCursor } from '../../wire.ts';
import { checkOptions, count, text, timer } from '../checks.ts';
import { ServerError } from '../errors.ts';
import { type RedisClient, type RedisSource, redisSource } from '../redis-client.ts';
import { mayPass, runScript, type Script, script } from '../redis-script.ts';
import { isWhole } from '../whole-text.ts';
import { within } from '../within.ts';
import { Feed, type ScriptArguments } from './feed.ts';
import * as scripts from './redis-scripts.ts';
import type {
  Appended,
  Budget,
  Follower,
  HistoryStore,
  KeptMessage,
  NewMessage,
  Page,
  Reading,
} from './store.ts';

/** How much `redisHistory` keeps, for how long, and where. The same on every node. */
export interface RedisHistoryOptions {
  /** Most messages that are kept of a room. Default: 1,000. */
  readonly messages?: number;
  /** For how long messages and ids are kept, in ms. Default: a day. */
  readonly ttl?: number;
  /**
   * What its keys begin with; in braces, so that a cluster keeps all of them together, on one of its nodes. Default:
   * `{holdfast:history}:`.
   */
  readonly prefix?: string;
}

/** A history in Redis, with the connection that it listens on. */
export interface RedisHistory extends HistoryStore {
  /** Ends its own connection to Redis. The client that it was given is not closed. */
  close(): void;
}

/**
 * Keeps the logs in Redis, 6.2 or later: for any number of nodes, one store for each, with the same options. Each node
 * reads what all of them append on a connection of its own, made by `client.duplicate()`, and sends it to its own
 * sockets, each room's messages in the order of the log. It needs no adapter for that.
 *
 * What cannot be kept within 5 s is refused with `history-unavailable`.
 *
 * @param client A connected client of `redis`. It is not closed here.
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 * @example
 * rooms(io, { mayJoin, history: redisHistory(client) });
 */
export function redisHistory(client: RedisSource, options: RedisHistoryOptions = {}): RedisHistory {
  checkOptions(
    'redisHistory()',
    { ...options, client },
    { client: redisSource, messages: count, ttl: timer, prefix: text },
  );
  return new HistoryInRedis(client, options);
}

class HistoryInRedis implements RedisHistory {
  readonly #client: RedisSource;
  readonly #prefix: string;
  readonly #ttl: number;
  readonly #most: number;
  readonly #feed: Feed;

  constructor(
    client: RedisSource,
    { messages = 1_000, ttl = 86_400_000, prefix = '{holdfast:history}:' }: RedisHistoryOptions,
  ) {
    this.#client = client;
    this.#prefix = prefix;
    this.#ttl = Math.ceil(ttl);
    this.#most = messages;
    this.#feed = new Feed(client, {
      key: `${prefix}feed`,
      touchEvery: this.#ttl / 2,
      run: (by, one, args) => this.#run(by, one, args),
    });
  }

  async append(room: string, message: NewMessage): Promise<Appended> {
    const { event, payload, exceptUsers = [], exceptSockets = [], id } = message;
    const args = [
      keyed(room),
      this.#most,
      // Without one of its own it gets one all the same: when an answer is lost, the same is said again.
      ...(id === undefined ? [`:${randomUUID()}`, 3 * patience] : [`=${keyed(id)}`, this.#ttl]),
      event,
      payload,
      exceptUsers.length === 0 ? '' : JSON.stringify(exceptUsers),
      exceptSockets.length === 0 ? '' : JSON.stringify(exceptSockets),
      feedLength,
    ];
    const answer = await this.#call(append, args, 'nothing was kept, nor sent, as far as can be known');
    const [cursor, isRepeat, feedId, number, epoch] = answer as [string, number, string, number, string];
    this.#feed.heard(epoch, number, feedId);
    return { cursor, isRepeat: isRepeat === 1 };
  }

  async read(asked: readonly Reading[], { messages, bytes }: Budget): Promise<readonly Page[]> {
    if (asked.length === 0) return [];
    await this.#soon(this.#feed.started, 'nobody here is sure to hear of what comes next');
    const args = [this.#most, messages, bytes, ...asked.flatMap(argumentsOf)];
    const answer = await this.#call(read, args, 'the log cannot be read');
    const [number, epoch, pages] = answer as [number, string, WrittenPage[]];
    this.#feed.heard(epoch, number);
    await this.#soon(this.#feed.reached(epoch, number), 'this node is behind');
    return pages.map(readPage);
  }

  async tell(room: string, words: string): Promise<void> {
    const answer = await this.#call(tell, [keyed(room), words, feedLength], 'nobody was told');
    const [feedId, number, epoch] = answer as [string, number, string];
    this.#feed.heard(epoch, number, feedId);
  }

  follow(follower: Follower): void {
    this.#feed.follow(follower);
  }

  size() {
    return this.#feed.isFollowed ? { behind: this.#feed.behind } : {};
  }

  close(): void {
    this.#feed.close();
  }

  async #soon(work: Promise<void>, consequence: string): Promise<void> {
    try {
      await within(patience, work, () => Promise.reject(new Error('it took too long')));
    } catch (error) {
      throw unavailable(consequence, error);
    }
  }

  /** Once and again until it is answered, or the time is over. Each step may be done twice without harm. */
  async #call(one: Script, args: ScriptArguments, consequence: string): Promise<unknown> {
    const deadline = performance.now() + patience;
    const control = new AbortController();
    for (let pause = soonest; ; pause = Math.min(2 * pause, latest)) {
      const left = deadline - performance.now();
      try {
        // Nothing is left to wait in its queue: where two that wait are given up, node-redis before 6.2 swallows what comes
        // next (redis/node-redis#3320).
        if (this.#client.isReady === false) throw new Error('there is no connection to it');
        return await within(left, this.#run(this.#client, one, args, control.signal), () => {
          // What has not been sent by now never is.
          control.abort();
          return Promise.reject(unavailable(consequence));
        });
      } catch (error) {
        if (error instanceof ServerError) throw error;
        if (!mayPass(error) || left <= pause) throw unavailable(consequence, error);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  #run(by: RedisClient, one: Script, args: ScriptArguments, signal?: AbortSignal): Promise<unknown> {
    const { epoch, seen, number } = this.#feed.witness;
    const fresh = randomBytes(6).toString('base64url');
    const all = [fresh, epoch, seen, number, this.#ttl, ...args].map(String);
    return runScript(by, one, { keys: [this.#prefix], arguments: all }, signal);
  }
}

const append = script(scripts.append);
const read = script(scripts.read);
const tell = script(scripts.tell);

/** ms that anybody waits for Redis. */
const patience = 5_000;
/** ms between one try and the next. */
const soonest = 25;
const latest = 500;

/** So many messages a node may be behind before it reads the logs of its rooms instead. About. */
const feedLength = 10_000;

/** @throws ServerError `bad-argument` for a text that is another one as bytes, and might be somebody else's then. */
function keyed(name: string): string {
  if (isWhole(name)) return name;
  throw new ServerError('bad-argument', 'the name of a room, or an id, has half of a surrogate pair in it');
}

function argumentsOf({ room, after }: Reading): ScriptArguments {
  if (after === null) return [keyed(room), '', 0];
  const { generation, sequence } = readCursor(after) ?? { generation: '!', sequence: 0 };
  return [keyed(room), generation, sequence];
}

type WrittenPage = [cursor: string, word: '' | 'more' | 'reset', messages: WrittenMessage[]];
type WrittenMessage = [sequence: number, event: string, payload: string, users: string];

function readPage([cursor, word, messages]: WrittenPage): Page {
  return { cursor, messages: messages.map(readMessage), ...(word !== '' && { [word]: true }) };
}

function readMessage([sequence, event, payload, users]: WrittenMessage): KeptMessage {
  return { sequence, event, payload, ...(users !== '' && { exceptUsers: JSON.parse(users) }) };
}

function unavailable(consequence: string, cause?: unknown): ServerError {
  const options = cause === undefined ? {} : { cause };
  return new ServerError('history-unavailable', `Redis cannot be reached: ${consequence}`, options);
}
