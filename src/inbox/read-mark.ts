import type { MessageIdentity } from '../identify.ts';

/** What `identify` read from a message, checked and with the defaults filled in. */
export interface Mark {
  readonly id: string;
  readonly stream: string;
  /** `null` for a message outside of every sequence. */
  readonly sequence: number | null;
  /** 0 for a message without one: any edit of it is newer. */
  readonly version: number;
  /** Of a log: numbers of another one mean other messages. `null` for what `identify` read. */
  readonly generation: string | null;
}

/** The stream of messages that name none. */
export const defaultStream = 'default';

const longestName = 1_024;

/** Reads what `identify` returned; `flaw` says what was left out of it. Its getters may throw. */
export function readMark(given: unknown): { readonly mark: Mark | null; readonly flaw: string | null } {
  if (given === undefined || given === null) return { mark: null, flaw: null };
  try {
    const { id, stream = defaultStream, sequence, version } = given as Partial<MessageIdentity>;
    if (!isName(id))
      return { mark: null, flaw: `an \`id\` that is no string of 1 to ${longestName} characters` };
    const flaw = flawOf(stream, sequence, version);
    const isPlaced = isName(stream) && isCounter(sequence);
    return {
      mark: {
        id,
        stream: isPlaced ? stream : defaultStream,
        sequence: isPlaced ? sequence : null,
        version: isCounter(version) ? version : 0,
        generation: null,
      },
      flaw,
    };
  } catch {
    return { mark: null, flaw: 'what cannot be read' };
  }
}

function flawOf(stream: unknown, sequence: unknown, version: unknown): string | null {
  if (!isName(stream)) return `a \`stream\` that is no string of 1 to ${longestName} characters`;
  if (sequence !== undefined && !isCounter(sequence)) return 'a `sequence` that is no whole number from 0';
  if (version !== undefined && !isCounter(version)) return 'a `version` that is no whole number from 0';
  return null;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestName;
}

function isCounter(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
