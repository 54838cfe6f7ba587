import type { ChatMessage } from '../shared/chat.ts';
import type { Fault } from '../shared/faults.ts';

/** Faults that the chat server itself commits. */
export type ChatFault = Exclude<Fault, 'cut' | 'silence' | 'kill' | 'restart'>;

/** What the chat server is told by the process that started it. The key goes this way and no other: it is never printed. */
export type Order =
  | {
      readonly type: 'listen';
      /** 0 for a free one. */
      readonly port: number;
      readonly key: string;
      /** What a server would read from its database. */
      readonly history: readonly ChatMessage[];
    }
  | { readonly type: 'fault'; readonly fault: ChatFault; readonly tab: string };

/** What it says. */
export type Report =
  | { readonly type: 'loaded' }
  | { readonly type: 'listening'; readonly port: number }
  /** What a server would write to its database. */
  | { readonly type: 'stored'; readonly message: ChatMessage }
  | { readonly type: 'seen'; readonly tab: string; readonly what: string }
  /** The fault that was ordered is in force. */
  | { readonly type: 'done' };
