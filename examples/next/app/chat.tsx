'use client';

import { type FormEvent, useEffect, useState, useSyncExternalStore } from 'react';
import { atFirst, connection, type Post, posts$ } from './connection.ts';

interface ChatProps {
  readonly user: string;
  /** What the server had of the room when it rendered, and the cursor of the last of it. */
  readonly before: readonly Post[];
  readonly cursor: string;
}

export function Chat({ user, before, cursor }: ChatProps) {
  // Nothing to clean up: the connection outlives what is shown. StrictMode runs this twice, and the second time is nothing
  // new. `after` fills the time between rendering and connecting.
  useEffect(() => {
    connection.connect(user);
    connection.join('lobby', { after: cursor });
  }, [user, cursor]);

  const status = useSyncExternalStore(connection.subscribe, connection.getStatus, () => atFirst);
  const since = useSyncExternalStore(
    subscribeToPosts,
    () => posts$.value,
    () => none,
  );
  const [text, setText] = useState('');

  function submit(event: FormEvent) {
    event.preventDefault();
    connection.send('message:send', { text });
    setText('');
  }

  return (
    <>
      <p role="status">{status.state}</p>
      <ul aria-label="Messages">
        {[...before, ...since].map((post) => (
          <li key={post.id}>
            {post.from}: {post.text}
          </li>
        ))}
      </ul>
      <form onSubmit={submit}>
        <label>
          Message <input value={text} onChange={({ target }) => setText(target.value)} required />
        </label>
        <button type="submit">Send</button>
      </form>
    </>
  );
}

const none: readonly Post[] = [];

function subscribeToPosts(changed: () => void): () => void {
  const subscription = posts$.subscribe(changed);
  return () => subscription.unsubscribe();
}
