import type { ChatMessage } from '../shared/chat.ts';

/** The messages of all rooms. */
export interface Archive {
  /** By the id that its author's outbox gave it: nobody reaches the messages of others by theirs. */
  find(author: string, id: string): ChatMessage | undefined;
  add(message: Pick<ChatMessage, 'id' | 'room' | 'from' | 'text'>): ChatMessage;
}

export function createArchive(history: readonly ChatMessage[]): Archive {
  const byId = new Map(history.map((message) => [keyOf(message.from, message.id), message]));
  const lengths = new Map<string, number>();
  for (const { room, sequence } of history) lengths.set(room, sequence);
  return {
    find: (author, id) => byId.get(keyOf(author, id)),
    add(written) {
      const sequence = (lengths.get(written.room) ?? 0) + 1;
      lengths.set(written.room, sequence);
      const message = { ...written, sequence, at: Date.now() };
      byId.set(keyOf(message.from, message.id), message);
      return message;
    },
  };
}

function keyOf(author: string, id: string): string {
  return `${author} ${id}`;
}
