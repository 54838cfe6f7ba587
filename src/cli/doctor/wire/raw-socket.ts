import type { Duplex } from 'node:stream';
import { type Frame, largestFrame, opcodes, readFrame, writeFrame } from './frames.ts';

/** What came next over a WebSocket. `silent`: nothing did in time. */
export type Received =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'binary' }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string }
  | { readonly kind: 'invalid'; readonly why: string }
  | { readonly kind: 'silent' };

/** Messages that may wait to be received; a server that floods is not read any further. */
const mostWaiting = 100;

/** An open WebSocket that shows what a library would hide: close codes, invalid frames, and silence. */
export class RawSocket {
  readonly #socket: Duplex;
  #bytes: Buffer;
  #parts: Buffer[] = [];
  #partOpcode = 0;
  #waiting: Received[] = [];
  #end: Received | undefined;
  #wake: (() => void) | undefined;

  constructor(socket: Duplex, head: Buffer) {
    this.#socket = socket;
    this.#bytes = head;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => this.#finish({ kind: 'closed', code: 1006, reason: '' }));
    socket.on('close', () => this.#finish({ kind: 'closed', code: 1006, reason: '' }));
    this.#read(Buffer.alloc(0));
  }

  /** The next message, or the end, which stays the answer from then on. */
  async receive(ms: number): Promise<Received> {
    const next = this.#waiting.shift() ?? this.#end;
    if (next !== undefined) {
      this.#socket.resume();
      return next;
    }
    const isTimely = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
    this.#wake = undefined;
    return isTimely ? (this.#waiting.shift() ?? this.#end ?? { kind: 'silent' }) : { kind: 'silent' };
  }

  send(text: string): void {
    if (this.#end === undefined) this.#socket.write(writeFrame(opcodes.text, Buffer.from(text)));
  }

  /** Says goodbye and hangs up without waiting for the answer. */
  close(): void {
    const hadEnded = this.#end !== undefined;
    this.#finish({ kind: 'closed', code: 1005, reason: '' });
    if (hadEnded) this.#socket.destroy();
    else {
      const code = Buffer.from([0x03, 0xe8]);
      this.#socket.end(writeFrame(opcodes.close, code), () => this.#socket.destroy());
    }
    // One that takes no more bytes must not keep the process alive.
    const timer = setTimeout(() => this.#socket.destroy(), 500);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #read(chunk: Buffer): void {
    if (this.#end !== undefined) return;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    try {
      for (let next = readFrame(this.#bytes); next !== null; next = readFrame(this.#bytes)) {
        this.#bytes = next.rest;
        this.#take(next.frame);
        if (this.#end !== undefined) return;
      }
    } catch (error) {
      this.#finish({ kind: 'invalid', why: (error as Error).message });
      this.#socket.destroy();
    }
  }

  #take(frame: Frame): void {
    const { opcode, payload } = frame;
    if (opcode === opcodes.ping) this.#socket.write(writeFrame(opcodes.pong, payload));
    else if (opcode === opcodes.close) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      this.#finish({ kind: 'closed', code, reason: payload.subarray(2).toString() });
      this.#socket.destroy();
    } else if (opcode !== opcodes.pong) this.#takeData(frame);
  }

  #takeData({ opcode, isLast, payload }: Frame): void {
    if ((opcode === opcodes.continuation) !== this.#parts.length > 0)
      throw new Error('a fragment is out of place');
    if (opcode !== opcodes.continuation) this.#partOpcode = opcode;
    this.#parts.push(payload);
    const size = this.#parts.reduce((sum, part) => sum + part.length, 0);
    if (size > largestFrame) throw new Error(`a message of more than ${largestFrame} bytes`);
    if (!isLast) return;
    const text = Buffer.concat(this.#parts).toString();
    this.#parts = [];
    this.#tell(this.#partOpcode === opcodes.text ? { kind: 'text', text } : { kind: 'binary' });
  }

  #tell(received: Received): void {
    this.#waiting.push(received);
    if (this.#waiting.length >= mostWaiting) this.#socket.pause();
    this.#wake?.();
  }

  #finish(end: Received): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#wake?.();
  }
}
