import type { Namespace, Socket } from 'socket.io';
import { sayBye } from './bye.ts';
import { Expiry } from './expiry.ts';
import { tell } from './notices.ts';
import type { Renewable } from './renewal.ts';
import type { Identity } from './verify.ts';

/** A link that was let in: it ends when its credential runs out, unless that is renewed before. */
export class Stay<Claims> extends Expiry implements Renewable<Claims> {
  readonly socket: Socket;
  readonly user: string;
  readonly #namespace: Namespace;

  constructor(namespace: Namespace, socket: Socket, { user, expiresAt }: Identity<Claims>) {
    super();
    this.#namespace = namespace;
    this.socket = socket;
    this.user = user;
    this.set(expiresAt);
    socket.on('disconnect', () => this.clear());
  }

  renewed(identity: Identity<Claims>): void {
    Object.assign(this.socket.data, { expiresAt: undefined }, identity);
    this.set(identity.expiresAt);
    tell(this.#namespace, { kind: 'renewed', socket: this.socket.id });
  }

  forbid(): void {
    sayBye(this.socket, { code: 'forbidden' }, { closes: true });
  }

  protected override expire(): void {
    sayBye(this.socket, { code: 'expired' }, { closes: true });
  }
}
