import { rule } from '../chart/style.ts';
import type { Report } from '../report.ts';
import { element } from './element.ts';
import type { Panel } from './panel.ts';
import { styledShadow } from './styled-shadow.ts';

/** The panel behind a button at the lower edge of the page, which says how the connection is. */
export class Dock {
  readonly element: HTMLElement;
  readonly #button: HTMLButtonElement;

  constructor(document: Document, panel: Panel) {
    this.#button = element(
      document,
      'button',
      { type: 'button', 'aria-expanded': 'false', title: 'holdfast: what the connection does' },
      'connection',
    );
    const sheet = element(document, 'div', { class: 'sheet', hidden: '' }, panel.element);
    this.#button.addEventListener('click', () => {
      sheet.hidden = !sheet.hidden;
      this.#button.setAttribute('aria-expanded', String(!sheet.hidden));
      this.element.toggleAttribute('data-open', !sheet.hidden);
    });
    this.element = element(document, 'div', { class: 'holdfast-dock' });
    styledShadow(this.element, document, dockStyle).append(sheet, this.#button);
  }

  show(report: Report): void {
    if (report.kind === 'end') return;
    const { state, phase } = report.now.status;
    this.#button.textContent = phase === undefined ? state : `${state} · ${phase}`;
    this.#button.dataset['state'] = state;
  }
}

const dockStyle = `
:host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483000; pointer-events: none; color-scheme: inherit; }
${rule('.sheet', { height: 'min(72vh, 760px)', 'pointer-events': 'auto', 'box-shadow': '0 -6px 30px rgb(0 0 0 / 0.25)', 'border-top': '1px solid light-dark(#d9dee8, #2b3346)' })}
[hidden] { display: none; }
button { all: unset; position: absolute; right: 12px; bottom: 12px; pointer-events: auto; cursor: pointer; padding: 6px 12px; border-radius: 999px; font: 600 12px system-ui, sans-serif; color: light-dark(#1b2333, #e8ecf5); background: light-dark(#fff, #1b2130); border: 1px solid light-dark(#c4cbd9, #3a445c); box-shadow: 0 2px 10px rgb(0 0 0 / 0.18); }
button:focus-visible { outline: 2px solid light-dark(#1f5eff, #8fb0ff); outline-offset: 2px; }
button[data-state="connected"] { border-color: light-dark(#0b7a4b, #3ddc97); }
button[data-state="reconnecting"], button[data-state="authenticating"] { border-color: light-dark(#8a5a00, #ffc24d); }
button[data-state="auth-failed"], button[data-state="exhausted"] { border-color: light-dark(#b3261e, #ff8a80); }
:host([data-open]) button { bottom: calc(min(72vh, 760px) + 8px); }
`;
