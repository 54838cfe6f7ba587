import { type ConnectionOptions, CursorUnknown } from 'holdfast';

interface Note {
  readonly id: string;
  readonly room: string;
  /** Counts up in its room, without holes. */
  readonly number: number;
  readonly text: string;
}

interface Page {
  readonly notes: readonly Note[];
  readonly next: string | null;
}

/** Pages that are read at most: beyond, the app loads everything anew. */
const mostPages = 50;

/** What was missed, from a REST API that has pages: `createConnection({ …, ...catchUpFrom('/api') })`. */
export function catchUpFrom(api: string): Pick<ConnectionOptions, 'identify' | 'sync'> {
  return {
    identify({ event, payload }) {
      if (event !== 'note') return undefined;
      const { id, room, number } = payload as Note;
      return { id, stream: room, sequence: number };
    },
    // A generator: what a try gave before it failed is thrown away, and the next one begins at the same place.
    async *sync({ cursors, signal }) {
      let url: string | null = `${api}/notes?after=${encodeURIComponent(JSON.stringify(cursors))}`;
      for (let page = 0; url !== null; page += 1) {
        const response: Response = await fetch(url, { signal });
        // Gone: the server no longer knows from where. `gaps$` says so, with `reload`.
        if (response.status === 410 || page === mostPages) throw new CursorUnknown();
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        const { notes, next } = (await response.json()) as Page;
        for (const payload of notes) yield { event: 'note', payload };
        url = next === null ? null : new URL(next, response.url).href;
      }
    },
  };
}
