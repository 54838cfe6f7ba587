/** What an app has anyway, before and after. */
export interface App {
  readonly session: {
    readonly user: string;
    /** The one that is there. */
    readonly token: string;
    /** Another one, from the server. */
    refresh(): Promise<string>;
    onUserChange(listener: (user: string) => void): void;
  };
  readonly banner: { show(): void; hide(): void };
  show(message: Message): void;
}

export interface Message {
  readonly from: string;
  readonly text: string;
}
