/** What Next.js does in the browser: it makes the client components of the page alive, with what they were given. */
import { type ComponentProps, StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { Chat } from './app/chat.tsx';
import { connection } from './app/connection.ts';

const { props } = globalThis as unknown as { props: ComponentProps<typeof Chat> };

// As when another part of the page came alive first.
if (location.search === '?late') {
  connection.connect(props.user);
  await connection.ready();
}

hydrateRoot(
  document.getElementById('app') as HTMLElement,
  <StrictMode>
    <Chat {...props} />
  </StrictMode>,
);
