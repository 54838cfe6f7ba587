import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { holdfastFromSource } from '../from-source.ts';
import { chatServer } from '../shared/vite.ts';

export default defineConfig({
  resolve: { alias: holdfastFromSource },
  plugins: [svelte({ configFile: false }), chatServer()],
});
