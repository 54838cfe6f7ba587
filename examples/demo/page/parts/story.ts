import { html, nothing, type TemplateResult } from 'lit';
import type { View } from '../app.ts';
import type { Scene, Story } from '../story.ts';

/** What happened since the last button: what this page saw, and what the server saw. */
export function storyPart({ story }: View): TemplateResult {
  return html`
    <div class="story" role="region" aria-label="What happened" tabindex="0" data-end=${story?.end ?? nothing}>
      ${story === null ? html`<p class="muted">Press something below: what happens is told here.</p>` : told(story)}
    </div>
  `;
}

const ends: Readonly<Record<Story['end'], string>> = {
  open: 'under way',
  well: 'connected',
  resting: 'at rest',
};

function told({ title, scenes, end, hint }: Story): TemplateResult {
  return html`
    <div>
    <p class="story-title"><b>${title}</b> <span class="tag" data-end=${end}>${ends[end]}</span></p>
    <ol>
      ${scenes.map(scenePart)}
    </ol>
    ${hint === '' ? nothing : html`<p class="story-hint muted">${hint}</p>`}
    </div>
  `;
}

function scenePart({ after, who, what }: Scene): TemplateResult {
  return html`
    <li data-who=${who}>
      <span class="after">${(after / 1_000).toFixed(2)} s</span>
      <span class="scene"><span class="who-saw">${who}</span> ${what}</span>
    </li>
  `;
}
