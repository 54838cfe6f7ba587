import type { ConnectionOptions, MembershipState, OutboxView, Status } from 'holdfast';
import { BehaviorSubject, combineLatest, type Observable } from 'rxjs';
import { banners, type ConnectionBanner } from '../../recipes/connection-banner.ts';
import { isRoom, isUser, type Room, type User } from '../shared/chat.ts';
import { createChat, type Line } from './chat.ts';
import { createChatConnection } from './connection.ts';
import type { Fault, Stage } from './fault.ts';
import { createOutside } from './outside.ts';
import { createSession, post } from './session.ts';
import { createStoryteller, type Story } from './story.ts';

/** All that is shown. */
export interface View {
  readonly user: User;
  readonly room: Room;
  /** As it is, in contrast to the banner, which does not flicker. */
  readonly status: Status;
  readonly banner: ConnectionBanner;
  readonly rooms: ReadonlyMap<string, MembershipState>;
  readonly outbox: OutboxView;
  readonly lines: readonly Line[];
  readonly story: Story | null;
}

/** All that can be done. */
export interface Acts {
  be(user: User): void;
  see(room: Room): void;
  join(): void;
  leave(): void;
  send(text: string): void;
  connect(): void;
  disconnect(): void;
  retry(): void;
  signOut(): void;
  signIn(): void;
  press(fault: Fault): void;
}

/** The app behind the page. `?user=bob&room=harbour` says how it begins. */
export function startApp(inspect: ConnectionOptions['inspect'] & object): {
  view$: Observable<View>;
  acts: Acts;
} {
  const asked = new URLSearchParams(location.search);
  const user$ = new BehaviorSubject<User>(known(asked.get('user'), isUser) ?? 'alice');
  const room$ = new BehaviorSubject<Room>(known(asked.get('room'), isRoom) ?? 'lobby');
  /** By this the page's server knows which links are ours. */
  const tab = crypto.randomUUID();

  const session = createSession();
  const outside = createOutside(session.accessToken);
  const { credential, signals } = outside;
  const connection = createChatConnection(session, { tab, credential, signals, inspect });
  const chat = createChat(connection, session);
  const teller = createStoryteller(connection, tab);

  const stage: Stage = {
    connection,
    session,
    outside,
    commit: async (fault) => (await post(`/faults/${fault}`, { tab })).done,
    send: (text, ttl) => chat.send(room$.value, text, ttl === undefined ? {} : { ttl }),
  };

  function enter(user: User): void {
    session.signIn(user);
    connection.connect(user);
    chat.enter(user, room$.value);
    user$.next(user);
  }

  const acts: Acts = {
    be(user) {
      if (user !== user$.value) enter(user);
    },
    see(room) {
      room$.next(room);
      connection.join(room);
    },
    join: () => void connection.join(room$.value),
    leave: () => connection.leave(room$.value),
    send(text) {
      const room = room$.value;
      try {
        chat.send(room, text);
      } catch (error) {
        chat.refuse({ from: user$.value, room, text }, error);
      }
    },
    connect: () => connection.connect(),
    disconnect: () => connection.disconnect(),
    retry: () => connection.retry(),
    signOut() {
      session.signOut();
      void connection.signOut();
      chat.forget();
    },
    signIn() {
      const status = connection.getStatus();
      if (status.state === 'idle' || status.identity !== user$.value) return enter(user$.value);
      session.signIn(user$.value);
      connection.credentialChanged();
    },
    press: (fault) => void teller.begin(fault.title, (tell) => fault.press(stage, tell)),
  };

  combineLatest([user$, room$]).subscribe(([user, room]) =>
    history.replaceState(null, '', `?${new URLSearchParams({ user, room })}`),
  );
  enter(user$.value);

  const { status$, rooms$, outbox$ } = connection;
  const view$ = combineLatest({
    user: user$,
    room: room$,
    status: status$,
    banner: banners(status$),
    rooms: rooms$,
    outbox: outbox$,
    lines: chat.lines$,
    story: teller.story$,
  });
  return { view$, acts };
}

function known<T>(name: unknown, is: (name: unknown) => name is T): T | null {
  return is(name) ? name : null;
}
