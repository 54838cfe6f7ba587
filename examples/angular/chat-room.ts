import { AsyncPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import type { Delivery } from 'holdfast';
import { connection, posts$, signOut } from './connection.ts';

@Component({
  selector: 'chat-room',
  imports: [AsyncPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <button type="button" (click)="signOut()">Sign out</button>
    <ul aria-label="Messages">
      @for (post of posts(); track post.id) {
        <li>{{ post.from }}: {{ post.text }}</li>
      }
    </ul>
    <form (submit)="$event.preventDefault(); send(text.value); text.value = ''">
      <label>Message <input #text required autocomplete="off" /></label>
      <button type="submit">Send</button>
    </form>
    <ul aria-label="Sent">
      @for (one of sent(); track one.delivery.id) {
        <li>{{ one.text }} ({{ one.delivery.state$ | async }})</li>
      }
    </ul>
  `,
})
export class ChatRoom {
  protected readonly posts = toSignal(posts$, { requireSync: true });
  protected readonly sent = signal<readonly { text: string; delivery: Delivery }[]>([]);
  protected readonly signOut = signOut;

  protected send(text: string): void {
    const delivery = connection.send('message:send', { text });
    this.sent.update((before) => [...before, { text, delivery }].slice(-5));
  }
}
