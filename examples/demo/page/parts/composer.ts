import { html, type TemplateResult } from 'lit';
import type { Acts, View } from '../app.ts';

/** Where messages are written. Never locked: what is sent without a link waits in the outbox. */
export function composerPart({ room, outbox }: View, acts: Acts): TemplateResult {
  const waiting = outbox.queued + outbox.sending;
  return html`
    <form class="composer" @submit=${(event: SubmitEvent) => submit(event, acts)}>
      <label class="unseen" for="text">Message to ${room}</label>
      <input id="text" name="text" autocomplete="off" maxlength="500" placeholder=${`Message to ${room}`} />
      <button class="primary">Send</button>
      <p class="waiting muted" data-waiting=${waiting}>
        ${waiting === 0 ? 'Nothing waits in the outbox.' : `${waiting} in the outbox, on the way or waiting.`}
      </p>
    </form>
  `;
}

function submit(event: SubmitEvent, acts: Acts): void {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const text = String(new FormData(form).get('text')).trim();
  if (text === '') return;
  acts.send(text);
  form.reset();
}
