import { html, nothing, type TemplateResult } from 'lit';
import type { ConnectionBanner } from '../../../recipes/connection-banner.ts';
import type { Acts, View } from '../app.ts';

/**
 * The banner, at a place of its own that is always there: nothing moves when its text changes. Two live regions, of
 * which one is empty: a region whose `aria-live` changes is not read reliably. The countdown is in neither.
 */
export function bannerPart({ banner, status }: View, acts: Acts): TemplateResult {
  const { tone, title, countdown, live } = banner;
  const phase = 'phase' in status ? ` · ${status.phase}` : '';
  return html`
    <section class="banner" data-tone=${tone} aria-label="Connection">
      <span class="lamp" aria-hidden="true"></span>
      <div class="banner-words">
        <p class="banner-title">
          <span role="status" aria-live="polite">${live === 'polite' ? title : nothing}</span>
          <span role="alert" aria-live="assertive">${live === 'assertive' ? title : nothing}</span>
          <span class="countdown" aria-hidden="true">${countdown}</span>
        </p>
        <p class="banner-more">${more(banner)}</p>
      </div>
      ${action(banner, acts)}
      <code class="raw" data-state=${status.state} data-phase=${'phase' in status ? status.phase : nothing}>
        <span class="raw-name">status$</span> ${status.state}${phase}
      </code>
    </section>
  `;
}

function more({ tone, reason, hint }: ConnectionBanner): TemplateResult {
  // An app has nothing to say here while all is well, and would show no banner at all.
  if (tone === 'calm')
    return html`<span class="muted">Break something, and see here what becomes of it.</span>`;
  return html`${reason === '' ? nothing : html`<span class="reason">${reason}</span> `}${hint}`;
}

const labels = { connect: 'Connect', retry: 'Try now', 'sign-in': 'Sign in again' };

function action({ action: name }: ConnectionBanner, acts: Acts): TemplateResult | typeof nothing {
  if (name === null) return nothing;
  const act = name === 'sign-in' ? acts.signIn : acts[name];
  return html`<button type="button" class="primary banner-act" @click=${() => act()}>${labels[name]}</button>`;
}
