/** A page of the classic inspector, as far as the bridge can tell: its own receiver, in a frame. */
import { createWindowReceiver } from '@xstate/inspect';

export interface Inspecting {
  /** What was told, in short and in order: `register connection`, `event user.connect`, `state "idle"`, `stop`. */
  readonly told: string[];
  /** The states of the machine that was registered last, and its session. */
  readonly stateIds: string[];
  readonly sessionId: string;
  /** As when somebody clicks on an event in the chart. */
  click(type: string): void;
}

const receiver = createWindowReceiver();
const inspecting = { told: [] as string[], stateIds: [] as string[], sessionId: '', click };

receiver.subscribe((event) => {
  if (event.type === 'service.register') {
    inspecting.told.push(`register ${event.machine.id}`);
    inspecting.stateIds = [...event.machine.stateIds];
    inspecting.sessionId = event.sessionId;
  }
  if (event.type === 'service.event') inspecting.told.push(`event ${event.event.name}`);
  if (event.type === 'service.state') inspecting.told.push(`state ${JSON.stringify(event.state.value)}`);
  if (event.type === 'service.stop') inspecting.told.push('stop');
});

function click(type: string): void {
  const { sessionId } = inspecting;
  const event = { name: type, data: { type }, $$type: 'scxml', type: 'external', origin: sessionId };
  receiver.send({ type: 'xstate.event', event: JSON.stringify(event), service: sessionId });
}

Object.assign(window, { inspecting });
