import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { holdfastFromSource } from '../from-source.ts';
import { chatServer } from '../shared/vite.ts';

export default defineConfig({
  resolve: { alias: holdfastFromSource },
  plugins: [solid(), chatServer()],
});
