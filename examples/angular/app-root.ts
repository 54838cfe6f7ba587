import { ChangeDetectionStrategy, Component } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { words } from '../shared/words.ts';
import { ChatRoom } from './chat-room.ts';
import { banner$, connection, signIn } from './connection.ts';

@Component({
  selector: 'app-root',
  imports: [ChatRoom],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <main>
      <h1>holdfast and Angular</h1>
      <p role="status">{{ words(banner()) }}</p>
      @if (status().state === 'idle') {
        <form (submit)="$event.preventDefault(); signIn(name.value)">
          <label>Name <input #name required /></label>
          <button type="submit">Sign in</button>
        </form>
      } @else {
        <chat-room />
      }
    </main>
  `,
})
export class AppRoot {
  protected readonly status = toSignal(connection.status$, { requireSync: true });
  protected readonly banner = toSignal(banner$, { requireSync: true });
  protected readonly words = words;
  protected readonly signIn = signIn;
}
