import { describe, expect, test } from 'vitest';
import { readOpening } from '../../../../src/cli/doctor/wire/handshake.ts';

const open = '{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}';

describe('[DR-1] the first words of a server are', () => {
  test.each([
    [`0${open}`, { kind: 'open', version: 4 }],
    [`${open.length + 1}:0${open}2:40`, { kind: 'open', version: 3 }],
    ['0{"sid":"a"}', { kind: 'broken', why: expect.stringContaining('upgrades') }],
    ['0{', { kind: 'broken', why: 'it is not JSON' }],
    ['0null', { kind: 'other' }],
    ['{"code":0,"message":"Transport unknown"}', { kind: 'refused', code: 0 }],
    ['{"code":4,"message":"not today"}', { kind: 'refused', code: 4, message: 'not today' }],
    ['Transport unknown', { kind: 'refused', code: 0 }],
    ['Bad request', { kind: 'refused', code: 3 }],
    // python-engineio
    [
      '"The client is using an unsupported version of the Socket.IO or Engine.IO protocols"',
      { kind: 'refused', code: 5 },
    ],
    ['"Invalid transport"', { kind: 'refused', code: 0 }],
    ['{"code":42,"message":"an API of somebody"}', { kind: 'other' }],
    ['<!doctype html>', { kind: 'other' }],
    ['', { kind: 'other' }],
  ])('%s', (said, opening) => {
    expect(readOpening(said)).toMatchObject(opening);
  });
});
