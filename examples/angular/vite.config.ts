import { defineConfig } from 'vite';
import { holdfastFromSource } from '../from-source.ts';
import { chatServer } from '../shared/vite.ts';
import { aheadOfTime } from './ahead-of-time.ts';

export default defineConfig({
  resolve: { alias: holdfastFromSource },
  plugins: [aheadOfTime(), chatServer()],
});
