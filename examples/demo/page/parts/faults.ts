import { html, type TemplateResult } from 'lit';
import type { Acts } from '../app.ts';
import type { Fault } from '../fault.ts';
import { type FaultGroup, faultGroups } from '../faults.ts';

/** Everything that can go wrong, to press. */
export function faultsPart(acts: Acts): TemplateResult {
  return html`${faultGroups.map((group) => groupPart(group, acts))}`;
}

function groupPart({ title, faults }: FaultGroup, acts: Acts): TemplateResult {
  const id = `group-${title.toLowerCase()}`;
  return html`
    <section class="fault-group" aria-labelledby=${id}>
      <h3 id=${id}>${title}</h3>
      <ul>
        ${faults.map((fault) => html`<li>${faultPart(fault, acts)}</li>`)}
      </ul>
    </section>
  `;
}

const ends: Readonly<Record<Fault['end'], string>> = {
  heals: 'heals',
  rests: 'stops',
  waits: 'lasts',
};

function faultPart(fault: Fault, acts: Acts): TemplateResult {
  const { name, title, promise, end } = fault;
  return html`
    <button
      type="button"
      class="fault"
      data-fault=${name}
      aria-labelledby=${`fault-${name}`}
      aria-describedby=${`promise-${name}`}
      @click=${() => acts.press(fault)}
    >
      <span class="fault-title" id=${`fault-${name}`}>${title}</span>
      <span class="tag" data-end=${end}>${ends[end]}</span>
      <span class="promise" id=${`promise-${name}`}>${promise}</span>
    </button>
  `;
}
