import { html, type TemplateResult } from 'lit';
import type { Acts } from '../app.ts';

type Call = 'connect' | 'disconnect' | 'retry' | 'signOut' | 'signIn';

const calls: readonly { readonly name: Call; readonly code: string; readonly does: string }[] = [
  { name: 'connect', code: 'connect()', does: 'Asks for a connection; nothing happens where there is one.' },
  { name: 'disconnect', code: 'disconnect()', does: 'Rests at once. Nothing comes back by itself.' },
  { name: 'retry', code: 'retry()', does: 'Attempts now, while it waits or after it stopped.' },
  { name: 'signOut', code: 'signOut()', does: 'Rests, and forgets the user, the rooms and what waits.' },
  {
    name: 'signIn',
    code: 'sign in again',
    does: 'Signs in, and calls credentialChanged(), or connect() after signOut(). A healthy link does not move.',
  },
];

/** What an app itself calls. */
export function callsPart(acts: Acts): TemplateResult {
  return html`
    <section class="calls" aria-labelledby="calls-title">
      <h3 id="calls-title">What the app calls</h3>
      <div class="call-row">
        ${calls.map(
          ({ name, code, does }) => html`
            <button type="button" class="call" data-call=${name} title=${does} @click=${() => acts[name]()}>
              <code>${code}</code>
            </button>
          `,
        )}
      </div>
    </section>
  `;
}
