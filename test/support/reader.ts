import type { Inbound } from '../../src/inbound.ts';
import type { Gap } from '../../src/inbox/gap.ts';
import type { Note } from './inbox.ts';

interface Stream {
  readonly first: number;
  last: number;
}

/** The app: reads messages and gaps, and notes every promise that one breaks. */
export class Reader {
  readonly gaps: Gap[] = [];
  readonly faults: string[] = [];
  readonly #versions = new Map<string, number>();
  readonly #streams = new Map<string, Stream>();
  /** `stream/sequence` of what it was told is missing, and did not get. */
  readonly #holes = new Set<string>();
  #isWithout = false;

  read({ payload, id }: Inbound, identity: string): void {
    const { stream = '', sequence = 0, version = 0, ...note } = payload as Note;
    if (id !== note.id) this.faults.push(`${note.id} goes by ${id}`);
    if (!note.id.startsWith(`${identity}/`)) this.faults.push(`${identity} was shown ${note.id}`);
    const known = this.#versions.get(note.id);
    if (known !== undefined && known >= version) this.faults.push(`${note.id} came again`);
    this.#versions.set(note.id, version);
    if (known !== undefined) return;
    const at = this.#streams.get(stream);
    if (at === undefined) {
      this.#streams.set(stream, { first: sequence, last: sequence });
      return;
    }
    if (this.#holes.delete(`${stream}/${sequence}`)) return;
    if (sequence < at.first && this.#isWithout) return;
    if (sequence <= at.last) this.faults.push(`${note.id} came after ${at.last}`);
    for (let missing = at.last + 1; missing < sequence; missing += 1) {
      const isHad = this.#versions.has(`${identity}/${stream}${missing}`);
      if (!isHad && !this.#holes.has(`${stream}/${missing}`))
        this.faults.push(`${stream}${missing} is missing, untold`);
    }
    at.last = sequence;
  }

  hear(gap: Gap): void {
    this.gaps.push(gap);
    const { reason, stream, expected = 0, received = 0 } = gap;
    if (reason === 'restarted') this.faults.push('no stream began again');
    if (reason === 'failed') this.#isWithout = true;
    if (reason === 'cursor-unknown') this.forget(this.#versions);
    for (let missing = expected; missing < received; missing += 1) this.#holes.add(`${stream}/${missing}`);
  }

  /** Another user reads, or this one loads everything anew and keeps these versions. */
  forget(versions: ReadonlyMap<string, number> = new Map()): void {
    const kept = [...versions];
    this.#versions.clear();
    for (const [id, version] of kept) this.#versions.set(id, version);
    this.#streams.clear();
    this.#holes.clear();
    this.#isWithout = false;
  }

  /** Which of these it should have and has not, and was not told of. */
  missesOf(log: readonly Note[]): string[] {
    return log
      .filter(({ id, stream = '', sequence = 0 }) => {
        const first = this.#streams.get(stream)?.first ?? Number.POSITIVE_INFINITY;
        return sequence >= first && !this.#versions.has(id) && !this.#holes.has(`${stream}/${sequence}`);
      })
      .map(({ id }) => id);
  }

  holes(): string[] {
    return [...this.#holes];
  }
}
