import { describe, expect, test } from 'vitest';
import { opcodes, readFrame, writeFrame } from '../../../../src/cli/doctor/wire/frames.ts';
import { fc } from '../../../support/properties.ts';

describe('[DR-1] frames of a WebSocket', () => {
  test.each([0, 1, 125, 126, 65_535, 65_536, 100_000])(
    'of %i bytes are masked, and one length long',
    (length) => {
      const payload = Buffer.alloc(length, 'x');
      const bytes = writeFrame(opcodes.text, payload);
      expect(unmasked(bytes)).toEqual(payload);
    },
  );

  test('are read whole, whatever the pieces in which they come', () => {
    const bytes = Buffer.concat([serverFrame('hello'), serverFrame('y'.repeat(300))]);
    for (let cut = 0; cut < 7; cut++) expect(readFrame(bytes.subarray(0, cut))).toBeNull();
    const first = readFrame(bytes);
    expect(String(first?.frame.payload)).toBe('hello');
    const second = readFrame(first?.rest ?? Buffer.alloc(0));
    expect(second?.frame.payload).toHaveLength(300);
    expect(second?.rest).toHaveLength(0);
  });

  test('that cannot be are refused, and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const read = readFrame(Buffer.from(bytes));
          if (read !== null) expect(read.rest.length).toBeLessThan(bytes.length);
        } catch (error) {
          expect((error as Error).message).toMatch(/frame|opcode/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126 ? [0x81, payload.length] : [0x81, 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from(head), payload]);
}

function unmasked(bytes: Buffer): Buffer {
  const size = bytes.readUInt8(1) & 0x7f;
  const at = 2 + ({ 126: 2, 127: 8 }[size] ?? 0);
  const mask = bytes.subarray(at, at + 4);
  return Buffer.from(bytes.subarray(at + 4).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
}
