import type { MembershipState } from 'holdfast';
import { html, nothing, type TemplateResult } from 'lit';
import { rooms } from '../../shared/chat.ts';
import type { Acts, View } from '../app.ts';
import { reasonOf } from '../chat.ts';

/** The rooms that there are, each with where we stand in it. */
export function roomsPart({ room, rooms: states }: View, acts: Acts): TemplateResult {
  return html`
    <nav class="rooms" aria-label="Rooms">
      ${rooms.map(({ name }) => {
        const { state } = stateOf(states, name);
        return html`
          <button
            type="button"
            class="room"
            data-room=${name}
            data-membership=${state}
            aria-current=${name === room ? 'true' : nothing}
            @click=${() => acts.see(name)}
          >
            <span class="pip" aria-hidden="true"></span>${name}<span class="unseen">, ${words[state]}</span>
          </button>
        `;
      })}
    </nav>
  `;
}

/** The room that is shown: what it is for, and how to come in and get out. */
export function roomHeadPart({ room, rooms: states }: View, acts: Acts): TemplateResult {
  const { state, cause } = stateOf(states, room);
  const topic = rooms.find(({ name }) => name === room)?.topic ?? '';
  const isIn = state === 'joined' || state === 'joining';
  return html`
    <div class="room-head">
      <p class="topic">
        <span class="muted">${topic}</span>
        <span class="membership" data-membership=${state}>
          ${words[state]}${cause === undefined ? nothing : `: ${reasonOf(cause)}`}
        </span>
      </p>
      <button type="button" class="small" data-act=${isIn ? 'leave' : 'join'} @click=${isIn ? acts.leave : acts.join}>
        ${isIn ? 'Leave' : 'Join'}
      </button>
    </div>
  `;
}

const words: Readonly<Record<MembershipState['state'], string>> = {
  joined: 'you are in',
  joining: 'joining',
  refused: 'refused',
  left: 'you are out',
};

const left: MembershipState = { state: 'left' };

function stateOf(states: View['rooms'], name: string): MembershipState {
  return states.get(name) ?? left;
}
