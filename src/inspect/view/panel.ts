import type { Report, Standing, StepReport } from '../report.ts';
import { ChartView } from './chart-view.ts';
import { Desk } from './desk.ts';
import { download } from './download.ts';
import { element } from './element.ts';
import type { LogEntry } from './log.ts';
import { LogList } from './log-list.ts';
import { panelStyle } from './panel-style.ts';
import { styledShadow } from './styled-shadow.ts';
import { Summary } from './summary.ts';

export interface PanelOptions {
  /** The trace of a connection, fit to be played again; where there is none, the log is exported. */
  readonly trace?: (connection: string) => Promise<unknown> | unknown;
}

/** The inspector's page: chart, countdown, log, filter, pause, export. Inside of a shadow root, so that no style leaks. */
export class Panel {
  readonly element: HTMLElement;
  readonly #document: Document;
  readonly #options: PanelOptions;
  readonly #desk = new Desk();
  readonly #summary: Summary;
  readonly #chart: ChartView;
  readonly #list: LogList;
  readonly #details: HTMLElement;
  readonly #picker: HTMLSelectElement;
  readonly #pause: HTMLButtonElement;
  readonly #count: HTMLElement;
  /** From the earliest event that is still known to the latest one. */
  readonly #slider: HTMLInputElement;
  /** What summary and chart show. */
  #drawn: Standing | null = null;
  #frame = 0;

  constructor(document: Document, options: PanelOptions = {}) {
    this.#document = document;
    this.#options = options;
    this.#summary = new Summary(document);
    this.#chart = new ChartView(document);
    this.#list = new LogList(document, (entry) => this.#pick(entry));
    this.#details = element(document, 'pre', { class: 'details', 'aria-label': 'The event that was picked' });
    this.#picker = element(document, 'select', { 'aria-label': 'Connection', hidden: '' });
    this.#pause = this.#button('Pause', () => this.#desk.togglePause());
    this.#count = element(document, 'span', { class: 'count' });
    this.#slider = element(document, 'input', { type: 'range', class: 'time', 'aria-label': 'Back in time' });
    this.#slider.addEventListener('input', () =>
      this.#change(() => this.#desk.goTo(Number(this.#slider.value))),
    );
    this.element = element(document, 'div', { class: 'holdfast-inspector' });
    this.element.style.height = '100%';
    this.#build();
    this.#draw();
  }

  show(report: Report): void {
    this.#desk.take(report);
    this.#schedule();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#summary.close();
    this.element.remove();
  }

  #build(): void {
    const document = this.#document;
    const filter = element(document, 'input', {
      type: 'search',
      placeholder: 'filter: link, waiting, forbidden …',
      'aria-label': 'Filter events',
    });
    filter.addEventListener('input', () => this.#change(() => this.#desk.filter(filter.value)));
    this.#picker.addEventListener('change', () => this.#change(() => this.#desk.select(this.#picker.value)));
    const tools = element(
      document,
      'div',
      { class: 'tools', role: 'toolbar', 'aria-label': 'Log' },
      this.#picker,
      filter,
      this.#pause,
      this.#button('Clear', () => this.#desk.clear()),
      this.#button('Export trace', () => void this.#export()),
      this.#slider,
      this.#count,
    );
    const panel = element(
      document,
      'section',
      { class: 'panel', 'aria-label': 'Connection inspector' },
      element(document, 'div', { class: 'head' }, this.#summary.element),
      element(document, 'div', { class: 'chart' }, this.#chart.element),
      tools,
      this.#list.element,
      this.#details,
    );
    styledShadow(this.element, document, panelStyle).append(panel);
  }

  #button(text: string, act: () => void): HTMLButtonElement {
    const button = element(this.#document, 'button', { type: 'button' }, text);
    button.addEventListener('click', () => this.#change(act));
    return button;
  }

  #change(act: () => void): void {
    act();
    this.#schedule();
  }

  /** However many reports come, the page is drawn once a frame. */
  #schedule(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    const { connections, selected, isPaused, view } = this.#desk;
    this.#picker.hidden = connections.length < 2;
    if (this.#picker.length !== connections.length) {
      this.#picker.replaceChildren(
        ...connections.map((id) => element(this.#document, 'option', { value: id }, `connection ${id}`)),
      );
    }
    if (selected !== null) this.#picker.value = selected;
    this.#pause.setAttribute('aria-pressed', String(isPaused));
    const { count, unseen, earliest } = view;
    Object.assign(this.#slider, { min: earliest, max: count + unseen, value: count });
    this.#slider.disabled = earliest >= count + unseen;
    this.#count.textContent = `${count} ${count === 1 ? 'event' : 'events'}${unseen > 0 ? `, ${unseen} more` : ''}`;
    if (view.now !== null && view.now !== this.#drawn) {
      this.#drawn = view.now;
      this.#summary.show(view.now, view.heardAt);
      this.#chart.light(view.now.states, view.edges);
    }
    this.#list.show(view.entries);
  }

  #pick({ step }: LogEntry): void {
    this.#details.textContent = JSON.stringify(detailsOf(step), null, 2);
  }

  async #export(): Promise<void> {
    const { selected } = this.#desk;
    if (selected === null) return;
    const trace = (await this.#options.trace?.(selected)) ?? this.#desk.log();
    download(this.#document, `holdfast-trace-${new Date().toISOString().replace(/[:.]/g, '-')}.json`, trace);
  }
}

function detailsOf({ event, from, to, edges, now }: StepReport): object {
  return { event, from, to, edges, status: now.status };
}
