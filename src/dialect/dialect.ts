/** How this server is talked to: what a BYE and an answer look like on the wire. */
export interface Dialect {
  /** The server's last word before it closes the link (RE-7), or `undefined` when the message is none. */
  readBye(event: string, args: readonly unknown[]): unknown;
  /** Tells a refusal from an answer in the first argument of an acknowledgement. */
  readAnswer(answer: unknown): ReadAnswer;
}

export type ReadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown; readonly retryable: boolean };
