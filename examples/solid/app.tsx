import type { Delivery } from 'holdfast';
import { createSignal, For, from, type JSX, Show } from 'solid-js';
import { words } from '../shared/words.ts';
import { banner$, connection, posts$, signIn, signOut } from './connection.ts';

export function App() {
  const status = from(connection.status$, connection.getStatus());
  const banner = from(banner$, banner$.value);
  return (
    <main>
      <h1>holdfast and Solid</h1>
      <p role="status">{words(banner())}</p>
      <Show
        when={status().state !== 'idle'}
        fallback={<Entry label="Name" button="Sign in" onEnter={signIn} />}
      >
        <Chat />
      </Show>
    </main>
  );
}

function Chat() {
  const posts = from(posts$, posts$.value);
  const [sent, setSent] = createSignal<readonly Sent[]>([]);
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
        <For each={posts()}>
          {(post) => (
            <li>
              {post.from}: {post.text}
            </li>
          )}
        </For>
      </ul>
      <Entry label="Message" button="Send" onEnter={send} />
      <ul aria-label="Sent">
        <For each={sent()}>{(one) => <SentLine {...one} />}</For>
      </ul>
    </>
  );
}

interface Sent {
  readonly text: string;
  readonly delivery: Delivery;
}

function SentLine(props: Sent) {
  const state = from(props.delivery.state$, props.delivery.state);
  return (
    <li>
      {props.text} ({state()})
    </li>
  );
}

function Entry(props: { label: string; button: string; onEnter(text: string): void }) {
  const [text, setText] = createSignal('');
  const submit: JSX.EventHandler<HTMLFormElement, SubmitEvent> = (event) => {
    event.preventDefault();
    props.onEnter(text());
    setText('');
  };
  return (
    <form onSubmit={submit}>
      <label>
        {props.label}{' '}
        <input value={text()} onInput={({ target }) => setText(target.value)} required autocomplete="off" />
      </label>
      <button type="submit">{props.button}</button>
    </form>
  );
}
