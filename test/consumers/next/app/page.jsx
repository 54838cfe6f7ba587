import { Chat } from './chat.jsx';

/** Rendered on the server; the chat in it is rendered there too, and comes to life in the browser. */
export default function Page() {
  return (
    <main>
      <h1>Chat</h1>
      <Chat />
    </main>
  );
}
