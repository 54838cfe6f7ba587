import { html, type TemplateResult } from 'lit';
import type { Acts, View } from '../app.ts';
import { bannerPart } from './banner.ts';
import { callsPart } from './calls.ts';
import { chatPart } from './chat.ts';
import { faultsPart } from './faults.ts';
import { headerPart } from './header.ts';
import { storyPart } from './story.ts';

/** The whole page. `chart` is drawn into by the inspector, and stays the same element. */
export function pagePart(view: View, acts: Acts, chart: HTMLElement): TemplateResult {
  return html`
    ${headerPart(view, acts)} ${bannerPart(view, acts)}
    <main class="columns">
      ${chatPart(view, acts)}
      <section class="card faults-card" aria-labelledby="faults-title">
        <header class="card-head">
          <h2 id="faults-title">Break it</h2>
          <p class="muted">Each button says what follows.</p>
        </header>
        ${storyPart(view)}
        <div class="faults-list">${callsPart(acts)} ${faultsPart(acts)}</div>
      </section>
      <section class="card chart-card" aria-labelledby="chart-title">
        <header class="card-head">
          <h2 id="chart-title">Live chart</h2>
          <p class="muted">The machine inside this connection, as it runs.</p>
        </header>
        ${chart}
      </section>
    </main>
  `;
}
