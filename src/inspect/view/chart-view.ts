import { connectionMachine } from '../../../machines/connection.ts';
import { drawChart } from '../chart/drawing.ts';
import { toElement } from '../chart/svg.ts';

/** The drawn chart, with what is active lit: `[data-active]` on states, `[data-last]` on the edges taken last. */
export class ChartView {
  readonly element: SVGElement;
  readonly #states = new Map<string, Element>();
  readonly #edges = new Map<string, Element>();
  #lit: readonly Element[] = [];

  constructor(document: Document) {
    this.element = toElement(drawChart(connectionMachine.root), document);
    for (const each of this.element.querySelectorAll('[data-state]')) {
      this.#states.set(each.getAttribute('data-state') ?? '', each);
    }
    for (const each of this.element.querySelectorAll('[data-edge]')) {
      this.#edges.set(each.getAttribute('data-edge') ?? '', each);
    }
  }

  /** What an extended chart has more of is not drawn, and so not lit. */
  light(states: readonly string[], edges: readonly string[]): void {
    const active = pick(this.#states, states);
    const last = pick(this.#edges, edges.flatMap(withAnywhere));
    for (const each of this.#lit) {
      each.removeAttribute('data-active');
      each.removeAttribute('data-last');
    }
    for (const each of active) each.setAttribute('data-active', '');
    for (const each of last) each.setAttribute('data-last', '');
    this.#lit = [...active, ...last];
  }
}

function pick(from: ReadonlyMap<string, Element>, names: readonly string[]): Element[] {
  return names.flatMap((name) => from.get(name) ?? []);
}

/** What leads to a state from anywhere is drawn once. */
function withAnywhere(edge: string): string[] {
  return edge.endsWith(' > idle') ? [edge, '* > idle'] : [edge];
}
