import type { Delivery } from 'holdfast';
import { type FormEvent, useState } from 'react';
import { connection, posts$, signIn, signOut } from './connection.ts';
import { useCurrent, useStatus } from './hooks.ts';
import { Attempts, StatusLine } from './status-line.tsx';

export function App() {
  const isSignedIn = useStatus().state !== 'idle';
  return (
    <main>
      <h1>holdfast and React</h1>
      <StatusLine />
      <Attempts />
      {isSignedIn ? <Chat /> : <Entry label="Name" button="Sign in" onEnter={signIn} />}
    </main>
  );
}

function Chat() {
  const posts = useCurrent(posts$, () => posts$.value);
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const send = (text: string) => {
    const delivery = connection.send('message:send', { text });
    setSent((before) => [...before, { text, delivery }].slice(-5));
  };
  return (
    <>
      <button type="button" onClick={signOut}>
        Sign out
      </button>
      <ul aria-label="Messages">
        {posts.map(({ id, from, text }) => (
          <li key={id}>
            {from}: {text}
          </li>
        ))}
      </ul>
      <Entry label="Message" button="Send" onEnter={send} />
      <ul aria-label="Sent">
        {sent.map(({ text, delivery }) => (
          <SentLine key={delivery.id} text={text} delivery={delivery} />
        ))}
      </ul>
    </>
  );
}

interface Sent {
  readonly text: string;
  readonly delivery: Delivery;
}

function SentLine({ text, delivery }: Sent) {
  const state = useCurrent(delivery.state$, () => delivery.state);
  return (
    <li>
      {text} ({state})
    </li>
  );
}

function Entry({ label, button, onEnter }: { label: string; button: string; onEnter(text: string): void }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onEnter(text);
    setText('');
  };
  return (
    <form onSubmit={submit}>
      <label>
        {label}{' '}
        <input value={text} onChange={({ target }) => setText(target.value)} required autoComplete="off" />
      </label>
      <button type="submit">{button}</button>
    </form>
  );
}
