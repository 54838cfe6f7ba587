import { eventName } from '../event-name.ts';
import type { StepReport } from '../report.ts';
import { element } from './element.ts';
import type { LogEntry } from './log.ts';

/** Pixels; the style says the same. */
export const rowHeight = 24;

/**
 * A list of any length of which only the visible rows exist, so that a thousand events a second cost what one does. It
 * follows the newest, until somebody scrolls away from it or picks one.
 */
export class LogList {
  readonly element: HTMLElement;
  readonly #document: Document;
  readonly #rows: HTMLElement;
  readonly #onPick: (entry: LogEntry) => void;
  #entries: readonly LogEntry[] = [];
  #picked: LogEntry | null = null;
  #follows = true;

  constructor(document: Document, onPick: (entry: LogEntry) => void) {
    this.#document = document;
    this.#onPick = onPick;
    this.#rows = element(document, 'div', { class: 'rows' });
    this.element = element(
      document,
      'div',
      { class: 'log', role: 'listbox', tabindex: '0', 'aria-label': 'Events, the newest last' },
      this.#rows,
    );
    this.element.addEventListener('scroll', () => {
      this.#follows = this.#distanceToEnd() < rowHeight;
      this.#draw();
    });
    // Not `click`: between press and release the rows may have been drawn anew.
    this.#rows.addEventListener('pointerdown', ({ clientY }) => {
      this.#pick(Math.floor((clientY - this.#rows.getBoundingClientRect().top) / rowHeight));
    });
    this.element.addEventListener('keydown', (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#pick(this.#indexOfPicked() + step);
    });
  }

  show(entries: readonly LogEntry[]): void {
    const dropped = this.#follows ? 0 : droppedBetween(this.#entries, entries);
    this.#entries = entries;
    this.#rows.style.height = `${entries.length * rowHeight}px`;
    if (this.#follows) this.element.scrollTop = entries.length * rowHeight;
    else if (dropped > 0) this.element.scrollTop -= dropped * rowHeight;
    this.#draw();
  }

  #pick(index: number): void {
    const entry = this.#entries[Math.max(0, Math.min(index, this.#entries.length - 1))];
    if (entry === undefined) return;
    this.#picked = entry;
    this.#follows = false;
    this.#reveal(this.#indexOfPicked());
    this.#draw();
    this.#onPick(entry);
  }

  #indexOfPicked(): number {
    const index = this.#picked === null ? -1 : this.#entries.indexOf(this.#picked);
    return index === -1 ? this.#entries.length : index;
  }

  #reveal(index: number): void {
    const { scrollTop, clientHeight } = this.element;
    const top = index * rowHeight;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + rowHeight > scrollTop + clientHeight)
      this.element.scrollTop = top + rowHeight - clientHeight;
  }

  #distanceToEnd(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight;
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - 2);
    const visible = this.#entries.slice(first, first + Math.ceil(clientHeight / rowHeight) + 4);
    this.#rows.replaceChildren(...visible.map((entry, index) => this.#row(entry, first + index)));
    const isShown = this.#picked !== null && visible.includes(this.#picked);
    this.element.setAttribute('aria-activedescendant', isShown ? 'picked' : '');
  }

  #row(entry: LogEntry, index: number): HTMLElement {
    const { at, event, from, to, now } = entry.step;
    const hasMoved = from !== to;
    const isPicked = entry === this.#picked;
    const cell = (kind: string, text: string) => element(this.#document, 'span', { class: kind }, text);
    const row = element(
      this.#document,
      'div',
      {
        class: 'row',
        role: 'option',
        'aria-selected': String(isPicked),
        'aria-setsize': String(this.#entries.length),
        'aria-posinset': String(index + 1),
        ...(isPicked && { id: 'picked', 'data-picked': '' }),
      },
      cell('time', timeOf(at)),
      cell(`event ${sourceOf(entry.step)}`, eventName(event.type)),
      cell(hasMoved ? 'moved' : 'stays', hasMoved ? to : 'stays'),
      cell('code', hasMoved ? (now.status.cause?.code ?? '') : ''),
    );
    row.style.top = `${index * rowHeight}px`;
    return row;
  }
}

/** How many of the entries before are gone from the beginning. */
function droppedBetween([before]: readonly LogEntry[], [now]: readonly LogEntry[]): number {
  return before === undefined || now === undefined ? 0 : Math.max(0, now.number - before.number);
}

/** Who said it: `user`, `link`, `credential`, `world`, `timer`, … */
function sourceOf({ event }: StepReport): string {
  const [source = ''] = event.type.split('.');
  return source === 'xstate' ? 'timer' : source;
}

function timeOf(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
