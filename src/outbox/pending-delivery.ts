import type { Observable } from 'rxjs';
import type { Delivery, DeliveryState } from './delivery.ts';
import type { Message } from './message.ts';

/** What `send` gives into the app's hands: a look at the message, and no more. */
export class PendingDelivery implements Delivery {
  readonly #message: Message;

  constructor(message: Message) {
    this.#message = message;
  }

  get id(): string {
    return this.#message.entry.id;
  }

  get state(): DeliveryState {
    return this.#message.life.state;
  }

  get state$(): Observable<DeliveryState> {
    return this.#message.states$;
  }

  get acknowledged(): Promise<unknown> {
    return this.#message.answer;
  }

  get kept(): Promise<boolean> {
    return this.#message.kept;
  }
}
