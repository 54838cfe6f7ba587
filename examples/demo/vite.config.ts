import { defineConfig } from 'vite';
import { holdfastFromSource } from '../from-source.ts';
import { chatWithFaults } from './server/plugin.ts';

/** One process, one port: `vite` and `vite preview` serve the page, and the plugin everything that the page talks to. */
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: '../../node_modules/.vite/demo',
  plugins: [chatWithFaults()],
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
  resolve: {
    alias: holdfastFromSource,
    // Without `development`, which Vite would add here: Lit has a build for it that warns on the console.
    conditions: ['module', 'browser'],
  },
  optimizeDeps: {
    // All that there is, by name: nothing is to be looked for before the first page is served, and nothing found after.
    noDiscovery: true,
    include: [
      'idb',
      'lit',
      'lit/directives/live.js',
      'lit/directives/repeat.js',
      'rxjs',
      'socket.io-client',
      'xstate',
    ],
  },
  build: { target: 'es2022' },
});
