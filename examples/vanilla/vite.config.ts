import { defineConfig } from 'vite';
import { holdfastFromSource } from '../from-source.ts';
import { chatServer } from '../shared/vite.ts';

export default defineConfig({
  resolve: { alias: holdfastFromSource },
  plugins: [chatServer()],
});
