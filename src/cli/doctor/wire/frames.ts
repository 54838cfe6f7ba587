import { randomBytes } from 'node:crypto';

/** A frame of RFC 6455, as far as a client meets it without extensions. */
export interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** No answer that the doctor waits for comes near it. */
export const largestFrame = 1024 * 1024;

/** The frame at the beginning, and what is after it; `null` while it is not complete; throws when it cannot be one. */
export function readFrame(bytes: Buffer): { frame: Frame; rest: Buffer } | null {
  if (bytes.length < 2) return null;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  if ((first & 0x70) !== 0) throw new Error('a frame uses an extension that nobody agreed on');
  if ((second & 0x80) !== 0) throw new Error('a server must not mask its frames');
  const opcode = first & 0x0f;
  if (!Object.values<number>(opcodes).includes(opcode)) throw new Error(`there is no opcode ${opcode}`);
  const head = headOf(second & 0x7f);
  if (bytes.length < head) return null;
  const length = lengthOf(bytes, second & 0x7f);
  if (length > largestFrame) throw new Error(`a frame of ${length} bytes`);
  if (opcode >= opcodes.close && length > 125) throw new Error('a control frame is too long');
  if (bytes.length < head + length) return null;
  const frame = { opcode, isLast: (first & 0x80) !== 0, payload: bytes.subarray(head, head + length) };
  return { frame, rest: bytes.subarray(head + length) };
}

/** A frame from client to server: masked, as the protocol wants it. */
export function writeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const mask = randomBytes(4);
  const head = Buffer.alloc(headOf(length < 126 ? length : 126 + Number(length > 0xffff)));
  head.writeUInt8(0x80 | opcode, 0);
  if (length < 126) head.writeUInt8(0x80 | length, 1);
  else if (length <= 0xffff) {
    head.writeUInt8(0x80 | 126, 1);
    head.writeUInt16BE(length, 2);
  } else {
    head.writeUInt8(0x80 | 127, 1);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  const masked = payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([head, mask, masked]);
}

function headOf(size: number): number {
  if (size === 126) return 4;
  return size === 127 ? 10 : 2;
}

function lengthOf(bytes: Buffer, size: number): number {
  if (size === 126) return bytes.readUInt16BE(2);
  return size === 127 ? Number(bytes.readBigUInt64BE(2)) : size;
}
