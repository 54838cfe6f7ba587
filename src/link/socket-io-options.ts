import { HoldfastError } from '../errors.ts';
import { nearest } from '../nearest.ts';

/**
 * What may be set of Socket.IO's transport. Everything is optional, and the defaults serve almost everyone; what
 * holdfast decides itself (reconnecting, timeouts, `auth`) is not here and is turned down by name.
 */
export interface SocketIoOptions {
  /** Where the server is mounted; not the namespace, which is the path of the URL. Default `/socket.io`. */
  readonly path?: string;
  /** Whether the path gets a slash at its end. Default `true`. */
  readonly addTrailingSlash?: boolean;
  /**
   * Tried in this order, the first one only unless `tryAllTransports`. Default `['websocket']`: it needs no sticky
   * sessions, and hanging up leaves nothing behind on the server. With `polling`, an attempt that is called off while
   * it opens leaves a request, and an engine session on the server, until they time out by themselves.
   */
  readonly transports?: readonly Transport[];
  /** Whether a failed transport is followed by the next one, within the same attempt (client 4.8). Default `false`. */
  readonly tryAllTransports?: boolean;
  /** Whether `polling` is left for a better transport as soon as there is one. Default `true`. */
  readonly upgrade?: boolean;
  /** Whether a WebSocket that worked before is tried at once, though `polling` comes first. Default `false`. */
  readonly rememberUpgrade?: boolean;
  /** Added to the query of every request, and visible in logs on the way: never put a credential here. */
  readonly query?: Readonly<Record<string, string>>;
  /** HTTP headers; browsers send them with `polling` only. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** Whether cookies go to another origin, and are kept in Node. Default `false`. */
  readonly withCredentials?: boolean;
  /** Whether each request gets a timestamp against caches. `polling` has one by default. */
  readonly timestampRequests?: boolean;
  /** The query parameter of that timestamp. Default `t`. */
  readonly timestampParam?: string;
  /** Whether binary data goes as base64. Default `false`. */
  readonly forceBase64?: boolean;
  /** Subprotocols of the WebSocket. */
  readonly protocols?: string | readonly string[];
  /** Compression of WebSocket messages in Node; `false` turns it off. Default: messages from 1,024 bytes up. */
  readonly perMessageDeflate?: { readonly threshold: number } | false;
  /** Bound of one `polling` request in browsers, in ms. Default: none. */
  readonly requestTimeout?: number;
  /** Options of one transport, by its name. */
  readonly transportOptions?: Readonly<Record<string, unknown>>;
  /** Another encoding, such as `socket.io-msgpack-parser`; the server must have the same one. */
  readonly parser?: unknown;
  /**
   * Node: `http.Agent` or `https.Agent` of all requests, for proxies. With `polling`, a request that hangs then keeps
   * the process alive until you destroy it.
   */
  readonly agent?: unknown;
  /** Node: certificate authorities to trust, in PEM. */
  readonly ca?: Pem | readonly Pem[];
  /** Node: certificate of this client, in PEM. */
  readonly cert?: Pem;
  /** Node: private key of `cert`, in PEM. */
  readonly key?: Pem;
  /** Node: certificate and key together, as PKCS #12. */
  readonly pfx?: Pem;
  /** Node: passphrase of `key` or `pfx`. */
  readonly passphrase?: string;
  /** Node: ciphers to use, in OpenSSL's notation. */
  readonly ciphers?: string;
  /** Node: `false` accepts every certificate, which is for tests only. Default `true`. */
  readonly rejectUnauthorized?: boolean;
  /** Node: whether a connection on its own lets the process end. Default `false`. */
  readonly autoUnref?: boolean;
  /** Whether real timers serve where a test replaced the global ones. Default `false`. */
  readonly useNativeTimers?: boolean;
}

/** Transports of Engine.IO. `webtransport` needs a browser and a server that have it. */
export type Transport = 'websocket' | 'polling' | 'webtransport';
/** @inline */
type Pem = string | Uint8Array;

/** A copy of the options, or an error that names the wrong one and says where it belongs. */
export function checkSocketIoOptions(options: unknown): SocketIoOptions {
  if (options === undefined) return none;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new HoldfastError('bad-option', 'the options of socketIo() must be an object');
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name] of given) checkName(name);
  const checked: SocketIoOptions = Object.fromEntries(given);
  checkPath(checked.path);
  checkTransports(checked.transports);
  return checked;
}

/** One for all links without any. */
const none: SocketIoOptions = Object.freeze({});

const offered: Readonly<Record<keyof SocketIoOptions, true>> = {
  path: true,
  addTrailingSlash: true,
  transports: true,
  tryAllTransports: true,
  upgrade: true,
  rememberUpgrade: true,
  query: true,
  extraHeaders: true,
  withCredentials: true,
  timestampRequests: true,
  timestampParam: true,
  forceBase64: true,
  protocols: true,
  perMessageDeflate: true,
  requestTimeout: true,
  transportOptions: true,
  parser: true,
  agent: true,
  ca: true,
  cert: true,
  key: true,
  pfx: true,
  passphrase: true,
  ciphers: true,
  rejectUnauthorized: true,
  autoUnref: true,
  useNativeTimers: true,
};

const reconnect = 'holdfast reconnects by itself: see the option `reconnect` of createConnection().';
const oneLink = 'Leave it out: every identity gets a link of its own.';
const inUrl = 'Put it into the URL.';

/** Names that Socket.IO knows and holdfast decides about, with where they belong here. */
const owned = new Map<string, string>([
  [
    'auth',
    'Give the credential to the option `credential` of createConnection(); what it returns becomes `auth`.',
  ],
  ['autoConnect', 'Leave it out: connect() says when to connect.'],
  ['reconnection', reconnect],
  ['reconnectionAttempts', 'Set `reconnect: { maxAttempts }` of createConnection().'],
  ['reconnectionDelay', 'Set `reconnect: { first, base, factor }` of createConnection().'],
  ['reconnectionDelayMax', 'Set `reconnect: { cap }` of createConnection().'],
  [
    'randomizationFactor',
    'Leave it out: delays have jitter. See the option `reconnect` of createConnection().',
  ],
  ['timeout', 'Set `handshakeTimeout` of createConnection().'],
  ['retries', 'Leave it out: send() resends with a stable id, whatever `retries` would do twice.'],
  ['ackTimeout', 'Set `outbox: { ackTimeout }` of createConnection(), or `timeout` of request().'],
  ['forceNew', oneLink],
  ['multiplex', oneLink],
  [
    'closeOnBeforeunload',
    'Leave it out: `signals` of createConnection() looks after pages that come and go.',
  ],
  ['transportImplementations', 'Name the transports in `transports`.'],
  ['host', inUrl],
  ['hostname', inUrl],
  ['port', inUrl],
  ['secure', 'Say it by the scheme of the URL: https:// or wss://.'],
]);

function checkName(name: string): void {
  if (Object.hasOwn(offered, name)) return;
  const belongs = owned.get(name);
  if (belongs !== undefined) {
    throw new HoldfastError('bad-option', `holdfast decides about \`${name}\` itself`, { hint: belongs });
  }
  const meant = nearest(name, Object.keys(offered));
  throw new HoldfastError('unknown-option', `socketIo() has no option \`${name}\``, {
    hint:
      meant === undefined
        ? `Remove it, or choose one of: ${Object.keys(offered).join(', ')}.`
        : `Did you mean \`${meant}\`?`,
  });
}

function checkPath(path: unknown): void {
  if (path === undefined || (typeof path === 'string' && path.startsWith('/'))) return;
  throw new HoldfastError('bad-option', '`path` must be a string that begins with a slash', {
    hint: 'Write the place where the server is mounted, such as `/socket.io` or `/realtime`.',
  });
}

const transports: readonly string[] = ['websocket', 'polling', 'webtransport'] satisfies Transport[];

/** Engine.IO throws on a name that it does not know, or never settles on an empty list: at the dial, which is too late. */
function checkTransports(list: unknown): void {
  if (list === undefined) return;
  const hint = `List at least one of: ${transports.join(', ')}.`;
  if (!Array.isArray(list) || list.length === 0) {
    throw new HoldfastError('bad-option', '`transports` must be a list with at least one name', { hint });
  }
  const wrong: unknown = list.find((name) => !transports.includes(name));
  if (wrong === undefined) return;
  const meant = typeof wrong === 'string' ? nearest(wrong, transports) : undefined;
  throw new HoldfastError('bad-option', `\`transports\` holds ${describe(wrong)}, which is no transport`, {
    hint: meant === undefined ? hint : `Did you mean \`${meant}\`?`,
  });
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : `a value of type ${typeof value}`;
}
