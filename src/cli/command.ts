/** One word after `holdfast` on the command line. */
export interface Command {
  readonly name: string;
  /** A line of `holdfast --help`. */
  readonly summary: string;
  /** Resolves with the exit code. Throws a `UsageError` for arguments that cannot be. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** What a command has of the process. */
export interface Terminal {
  print(text: string): void;
  readonly color: boolean;
  /** Calls back at Ctrl-C and where the process is told to end; returns what takes that back. */
  onInterrupt(callback: () => void): () => void;
}

/** Used wrongly: the message says how, without a value that was given. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
