import { renderToString } from 'react-dom/server';
import { App } from './app.tsx';

/** For a server that renders pages: what this one shows before anybody has signed in. */
export function render(): string {
  return renderToString(<App />);
}
