import { html, type TemplateResult } from 'lit';
import { users } from '../../shared/chat.ts';
import type { Acts, View } from '../app.ts';

/** What this is, and who you are in it. */
export function headerPart({ user, room }: View, acts: Acts): TemplateResult {
  const other = users.find((name) => name !== user) ?? user;
  return html`
    <header class="top">
      <h1 class="brand"><img src="/mark.svg" alt="" width="28" height="28" />holdfast</h1>
      <p class="tagline muted">A chat that loses its connection, on purpose.</p>
      <div class="who">
        <div class="segments" role="group" aria-label="Who you are">
          ${users.map(
            (name) => html`
              <button type="button" data-user=${name} aria-pressed=${name === user} @click=${() => acts.be(name)}>
                ${nameOf(name)}
              </button>
            `,
          )}
        </div>
        <a class="link" href=${`?user=${other}&room=${room}`} target="_blank" rel="noopener">
          Open ${nameOf(other)} in a second tab
        </a>
      </div>
    </header>
  `;
}

/** `Alice` for `alice`. */
export function nameOf(user: string): string {
  return user.charAt(0).toUpperCase() + user.slice(1);
}
