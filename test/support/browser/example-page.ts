import { expect } from 'vitest';
import { type Fields, patience } from './devtools.ts';
import type { Tab } from './tab.ts';
import { failedConnection } from './witness.ts';

/** The page of an example, used as somebody does who sees roles and names only. */
export class ExamplePage {
  readonly tab: Tab;

  constructor(tab: Tab) {
    this.tab = tab;
  }

  async signIn(user: string): Promise<void> {
    await this.#fill('Name', user);
    await this.#press('Sign in');
  }

  async signOut(): Promise<void> {
    await this.#press('Sign out');
  }

  async send(text: string): Promise<void> {
    await this.#fill('Message', text);
    await this.#press('Send');
  }

  status(): Promise<string> {
    return this.#ask('status', undefined, (element) => element.textContent?.trim() ?? '');
  }

  async shows(status: string): Promise<void> {
    await expect.poll(() => this.status(), { timeout: patience }).toBe(status);
  }

  /** What people can read in each item of a list. */
  items(list: 'Messages' | 'Sent'): Promise<string[]> {
    return this.#ask('list', list, (element) =>
      [...element.querySelectorAll('li')].map(({ innerText }) => innerText.trim()),
    );
  }

  async lists(list: 'Messages' | 'Sent', ...items: string[]): Promise<void> {
    await expect.poll(() => this.items(list), { timeout: patience }).toEqual(items);
  }

  /** From now on every text that the status has for the blink of an eye or longer is noted. */
  async watchStatus(): Promise<void> {
    await this.tab.evaluate(() => {
      const shown = () => document.querySelector('[role=status]')?.textContent?.trim() ?? 'none';
      window.statusStory = [shown()];
      new MutationObserver(() => {
        if (window.statusStory.at(-1) !== shown()) window.statusStory.push(shown());
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    });
  }

  statusStory(): Promise<string[]> {
    return this.tab.evaluate(() => window.statusStory);
  }

  /** Errors and warnings, of the page and of the browser, but for what it says of a server that is not there. */
  complaints(): string[] {
    return [...this.tab.errors, ...this.tab.console.filter((line) => line.startsWith('warning'))].filter(
      (line) => !failedConnection.test(line),
    );
  }

  async #fill(label: string, text: string): Promise<void> {
    await this.#ask('textbox', label, (element) => (element as HTMLInputElement).select());
    await this.tab.send('Input.insertText', { text });
  }

  #press(name: string): Promise<void> {
    return this.#ask('button', name, (element) => element.click());
  }

  /** Runs the function in the page with the one element of this role and name, once there is one. */
  async #ask<R>(role: string, name: string | undefined, task: (element: HTMLElement) => R): Promise<R> {
    const { result: page } = await this.tab.send('Runtime.evaluate', { expression: 'document' });
    const node = await this.#only(page.objectId, role, name);
    const { object } = await this.tab.send('DOM.resolveNode', { backendNodeId: node });
    const { result, exceptionDetails } = await this.tab.send('Runtime.callFunctionOn', {
      objectId: page.objectId,
      functionDeclaration: `(element) => (${task})(element)`,
      arguments: [{ objectId: object.objectId }],
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(`${role} ${name}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  /** In the tree that assistive technology sees. */
  async #only(objectId: string, role: string, accessibleName?: string): Promise<number> {
    const end = performance.now() + patience;
    for (;;) {
      const { nodes } = await this.tab.send('Accessibility.queryAXTree', { objectId, role, accessibleName });
      const seen = nodes.filter(({ ignored }: Fields) => !ignored);
      if (seen.length === 1) return seen[0].backendDOMNodeId;
      if (performance.now() > end) {
        throw new Error(`${seen.length} of ${role} ${accessibleName}; ${this.complaints().join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

declare global {
  interface Window {
    statusStory: string[];
  }
}
