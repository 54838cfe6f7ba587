import type { Status } from 'holdfast';
import { BehaviorSubject, type Observable, skip } from 'rxjs';
import type { Sighting } from '../shared/faults.ts';
import type { ChatConnection } from './connection.ts';
import { sayingOf } from './saying.ts';
import { post } from './session.ts';

/** What happened since a button of the fault panel was pressed. */
export interface Story {
  readonly title: string;
  readonly scenes: readonly Scene[];
  /** Where it stands: under way, well, or at rest until somebody acts. */
  readonly end: 'open' | 'well' | 'resting';
  /** Of the last cause: what to do, or that there is nothing to do. */
  readonly hint: string;
}

export interface Scene {
  /** Ms since the button was pressed. */
  readonly after: number;
  readonly who: 'page' | 'server';
  readonly what: string;
}

export interface Storyteller {
  readonly story$: Observable<Story | null>;
  /** Begins a new story with this act; the act may add to it what no status shows. */
  begin(title: string, act: (tell: (what: string) => void) => Promise<void>): Promise<void>;
}

/** Tells what page and server saw, in the order of time: they share a clock here. */
export function createStoryteller({ status$, getStatus }: ChatConnection, tab: string): Storyteller {
  const story$ = new BehaviorSubject<Story | null>(null);
  /** The story that is being told; what comes late of an older one is not part of it. */
  let current: { readonly title: string; readonly startedAt: number; isActing: boolean } | null = null;
  let pageScenes: readonly Scene[] = [];
  let serverScenes: readonly Scene[] = [];
  let hint = '';

  function show(): void {
    if (current === null) return;
    const { title, isActing } = current;
    const scenes = [...pageScenes, ...serverScenes].sort((one, other) => one.after - other.after);
    story$.next({ title, scenes, end: isActing ? 'open' : endOf(getStatus()), hint });
  }

  async function askServer(): Promise<void> {
    const asked = current;
    if (asked === null) return;
    const seen: readonly Sighting[] = await post('/faults/seen', { tab }).catch(() => []);
    if (asked !== current) return;
    const scenes = seen
      .map(({ at, what }) => ({ after: at - asked.startedAt, who: 'server' as const, what }))
      .filter(({ after }) => after >= 0);
    // An older answer may come after a newer one.
    if (scenes.length <= serverScenes.length) return;
    serverScenes = scenes;
    show();
  }

  /** Now, and once more: what the server saw may be on its way still. */
  function askServerTwice(): void {
    void askServer();
    setTimeout(() => void askServer(), 600);
  }

  function tell(what: string): void {
    if (current === null) return;
    pageScenes = [...pageScenes, { after: Date.now() - current.startedAt, who: 'page', what }];
    show();
    askServerTwice();
  }

  status$.pipe(skip(1)).subscribe((status) => {
    if ('cause' in status) hint = status.cause.hint;
    tell(sayingOf(status));
  });

  return {
    story$,
    async begin(title, act) {
      const own = { title, startedAt: Date.now(), isActing: true };
      current = own;
      pageScenes = [];
      serverScenes = [];
      hint = '';
      show();
      const tellOwn = (what: string) => own === current && tell(what);
      await act(tellOwn).catch((error: unknown) => tellOwn(`it went wrong: ${error}`));
      own.isActing = false;
      show();
      askServerTwice();
    },
  };
}

function endOf(status: Status): Story['end'] {
  switch (status.state) {
    case 'idle':
    case 'auth-failed':
    case 'exhausted':
      return 'resting';
    case 'connected':
      return status.phase === 'live' ? 'well' : 'open';
    default:
      return 'open';
  }
}
