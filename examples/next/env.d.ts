declare namespace NodeJS {
  interface ProcessEnv {
    /** Where the chat server is. */
    readonly NEXT_PUBLIC_CHAT_URL?: string;
  }
}
