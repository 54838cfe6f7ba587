/** The address taken apart, without what must not be shown. */
export interface Target {
  /** As it may be shown: no user, password, query or fragment. */
  readonly shown: string;
  /** `https://host:port`. */
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
  /** Where the server is mounted, with a slash at both ends. */
  readonly path: string;
  /** The path, and behind it the query of the URL, which the client sends with every request; it may hold a credential. */
  readonly asked: string;
  readonly query: Readonly<Record<string, string>>;
  readonly namespace: string;
  /** The path of the URL, as it was written. */
  readonly urlPath: string;
}
