/** What the command line asked for, checked. */
export interface Settings {
  readonly url: string;
  /** Mount point of the server; none given, Socket.IO's own. */
  readonly path: string | null;
  readonly namespace: string | null;
  /** Scheme, host and port of the page that connects, as browsers write it. */
  readonly origin: string | null;
  /** Whether that page sends cookies. */
  readonly credentials: boolean;
  readonly token: string | null;
  readonly tokenCommand: string | null;
  /** The field of `auth` that holds the token. */
  readonly authField: string;
  /** An event that the server acknowledges. */
  readonly event: string | null;
  /** Certificate authorities beside those of Node, in PEM. */
  readonly ca: string | null;
  /** Whether to wait for the first ping. */
  readonly idle: boolean;
  /** ms that one answer may take. */
  readonly timeout: number;
}
