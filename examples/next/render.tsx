/** What Next.js does on the server: the page as HTML, and what its client component was given. */
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { lobby } from './app/data.ts';
import Page from './app/page.tsx';

export async function render(now: typeof lobby): Promise<{ html: string; props: object }> {
  Object.assign(lobby, now);
  const page = await Page();
  return { html: renderToString(<StrictMode>{page}</StrictMode>), props: page.props };
}
