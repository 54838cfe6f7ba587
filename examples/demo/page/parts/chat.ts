import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Acts, View } from '../app.ts';
import { composerPart } from './composer.ts';
import { linePart } from './line.ts';
import { roomHeadPart, roomsPart } from './rooms.ts';

/** The room that is shown, and the way to the others. */
export function chatPart(view: View, acts: Acts): TemplateResult {
  const { room, lines, user } = view;
  const shown = lines.filter((line) => line.room === room);
  return html`
    <section class="card chat-card" aria-label="Chat">
      ${roomsPart(view, acts)} ${roomHeadPart(view, acts)}
      <div class="log" role="log" aria-label=${`Messages in ${room}`} tabindex="0">
        <ol>
          ${repeat(
            shown,
            ({ id }) => id,
            (line) => linePart(line, user),
          )}
          ${shown.length > 0 ? nothing : html`<li class="empty muted">Nothing was said here yet.</li>`}
        </ol>
      </div>
      ${composerPart(view, acts)}
    </section>
  `;
}
