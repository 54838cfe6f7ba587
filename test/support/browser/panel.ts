import type { Tab } from './tab.ts';

/** What a person sees of the local inspector in a page, and what they can do with it. Open shadow roots are walked through. */
export class PanelView {
  readonly #tab: Tab;

  constructor(tab: Tab) {
    this.#tab = tab;
  }

  /** Paths of the states that are lit. */
  lit(): Promise<string[]> {
    return this.#attributes('[data-state][data-active]', 'data-state');
  }

  /** Names of the edges that are lit. */
  lastEdges(): Promise<string[]> {
    return this.#attributes('[data-edge][data-last]', 'data-edge');
  }

  /** Resolves when this state is lit. */
  async untilLit(path: string): Promise<void> {
    await this.#tab.until(
      (selector) => Boolean(window.panelParts(selector).length),
      `[data-state="${path}"][data-active]`,
    );
  }

  /** The text of the first element that fits; empty where there is none. */
  text(selector: string): Promise<string> {
    return this.#tab.evaluate((given) => window.panelParts(given)[0]?.textContent ?? '', selector);
  }

  /** The texts of all elements that fit. */
  texts(selector: string): Promise<string[]> {
    return this.#tab.evaluate(
      (given) => window.panelParts(given).map((each) => each.textContent ?? ''),
      selector,
    );
  }

  async press(name: string): Promise<void> {
    await this.#tab.evaluate((given) => {
      const button = window.panelParts('button').find((each) => each.textContent === given);
      if (!(button instanceof HTMLElement)) throw new Error(`no button ${given}`);
      button.click();
    }, name);
  }

  async type(text: string): Promise<void> {
    await this.#tab.evaluate((given) => {
      const [input] = window.panelParts('input');
      if (!(input instanceof HTMLInputElement)) throw new Error('no filter');
      input.value = given;
      input.dispatchEvent(new Event('input'));
    }, text);
  }

  /** Moves the slider to how it was after so many events. */
  async slide(count: number): Promise<void> {
    await this.#tab.evaluate((given) => {
      const [slider] = window.panelParts('input[type=range]');
      if (!(slider instanceof HTMLInputElement)) throw new Error('no slider');
      slider.value = String(given);
      slider.dispatchEvent(new Event('input'));
    }, count);
  }

  #attributes(selector: string, attribute: string): Promise<string[]> {
    return this.#tab.evaluate(
      (given, name) => window.panelParts(given).map((each) => each.getAttribute(name) ?? ''),
      selector,
      attribute,
    );
  }
}

declare global {
  interface Window {
    /** Elements that fit, inside of shadow roots too. */
    panelParts(selector: string): Element[];
  }
}

/** To be evaluated in the page first. */
export function findPanelParts(): void {
  window.panelParts = (selector) => {
    const roots: (Document | ShadowRoot)[] = [document];
    for (const root of roots) {
      for (const each of root.querySelectorAll('*'))
        if (each.shadowRoot !== null) roots.push(each.shadowRoot);
    }
    return roots.flatMap((root) => [...root.querySelectorAll(selector)]);
  };
}
