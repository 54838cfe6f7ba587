import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { holdfastFromSource } from '../from-source.ts';

/** In the place of Next.js: it renders the page on a server and hydrates it in a browser, and knows no more of it. */
export default defineConfig({
  resolve: { alias: holdfastFromSource },
  // Which address that is, the test of this example knows only when it runs.
  define: { 'process.env.NEXT_PUBLIC_CHAT_URL': 'globalThis.chatUrl' },
  plugins: [react()],
});
