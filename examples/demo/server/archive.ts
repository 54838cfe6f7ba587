import type { ChatMessage } from '../shared/chat.ts';

/** The messages of all rooms. */
export interface Archive {
  find(id: string): ChatMessage | undefined;
  add(message: Pick<ChatMessage, 'id' | 'room' | 'from' | 'text'>): ChatMessage;
}

export function createArchive(history: readonly ChatMessage[]): Archive {
  const byId = new Map(history.map((message) => [message.id, message]));
  const lengths = new Map<string, number>();
  for (const { room, sequence } of history) lengths.set(room, sequence);
  return {
    find: (id) => byId.get(id),
    add(written) {
      const sequence = (lengths.get(written.room) ?? 0) + 1;
      lengths.set(written.room, sequence);
      const message = { ...written, sequence, at: Date.now() };
      byId.set(message.id, message);
      return message;
    },
  };
}
