import { expect, test } from 'vitest';
import { useChromium } from '../support/browser/stage.ts';
import { freshApp } from '../support/consumers/app.ts';

const stage = useChromium();

test('Next.js builds and renders a page with a connection, which comes to life in the browser', async () => {
  const app = await freshApp('next');
  const { stdout, stderr } = await app.bin('next', ['build']);
  expect(stdout + stderr).not.toMatch(/warn|holdfast/i);

  const env = { NODE_ENV: 'production', JWT_SECRET: 'for this afternoon, and long enough to sign with' };
  const url = await app.serve(['server.mjs'], env);
  expect(await (await fetch(url)).text()).toContain('<p role="status">idle</p>');

  const tab = await stage.tab(url);
  const press = (name: string) =>
    tab.until((wanted) => {
      const button = [...document.querySelectorAll('button')].find(
        ({ textContent }) => textContent === wanted,
      );
      button?.click();
      return button !== undefined;
    }, name);
  await press('Sign in');
  await tab.until(() => document.querySelector('[role=status]')?.textContent === 'connected');
  await press('Say hello');
  await tab.until(() => document.querySelector('li')?.textContent === 'alice: hello');
  expect(tab.errors).toEqual([]);
});
