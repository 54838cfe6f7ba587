import type { Dialect } from './dialect/dialect.ts';
import { isListOfNames } from './dialect/list-of-names.ts';
import { LinkCallError, type LinkSession } from './link/link.ts';
import type { Problems } from './problems.ts';

interface ProbeParts {
  readonly link: LinkSession;
  readonly dialect: Pick<Dialect, 'probe'>;
  /** Tells of every message that comes in, until the returned function is called. */
  readonly listen: (heard: () => void) => () => void;
  /** The rooms that the server has confirmed. */
  readonly joined: () => readonly string[];
  /** Ms; the verdict is not made here, but nobody waits for an answer any longer. */
  readonly timeout: number;
  readonly problems: Pick<Problems, 'caught'>;
}

/**
 * Asks the server for a sign of life, in its own words or in the link's; any message that comes in meanwhile is one as
 * well (EN-2). `tell` is called at most once, and not after the returned function was called. Silence tells nothing.
 */
export function probeLink(parts: ProbeParts, tell: (found: 'answered' | 'ghost') => void): () => void {
  let isOver = false;
  const stop = parts.listen(() => settle('answered'));
  const end = () => {
    isOver = true;
    stop();
  };
  function settle(found: 'answered' | 'ghost'): void {
    if (isOver) return;
    end();
    tell(found);
  }
  const askLink = () => {
    // Nothing to ask with: the link is left to its own heartbeat.
    if (parts.link.probe === undefined) return settle('answered');
    try {
      parts.link.probe(() => settle('answered'));
    } catch (thrown) {
      parts.problems.caught('the link in probe', thrown);
      // Nor can this one ask: every return of the page would end a link that may well live.
      settle('answered');
    }
  };
  const take = (found: 'answered' | 'ghost' | null) => {
    if (found !== null) settle(found);
    else if (!isOver) askLink();
  };
  if (parts.dialect.probe === undefined) askLink();
  else {
    askServer(parts).then(take, (thrown) => {
      // No answer: the chart keeps the time.
      if (isOver || thrown instanceof LinkCallError) return;
      // A defect of the dialect says nothing about the link.
      parts.problems.caught('`dialect.probe`', thrown);
      askLink();
    });
  }
  return end;
}

/**
 * A server that has the connection in none of a room that it confirmed has lost it: a ghost session (RM-3). `null`: the
 * dialect has no words for the question now.
 */
async function askServer(parts: ProbeParts): Promise<'answered' | 'ghost' | null> {
  const { link, dialect, joined, timeout } = parts;
  const before = joined();
  const asked = dialect.probe?.((event, ...args) => link.call(event, args, timeout));
  if (asked === undefined) return null;
  const rooms: unknown = await asked;
  if (!isListOfNames(rooms)) return 'answered';
  // A room that was left meanwhile is nobody's to miss.
  const now = new Set(joined());
  return before.some((room) => now.has(room) && !rooms.includes(room)) ? 'ghost' : 'answered';
}
