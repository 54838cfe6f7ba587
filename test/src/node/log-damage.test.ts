import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileStore } from '../../../src/node/index.ts';
import { logFile, shelfName } from '../../../src/node/names.ts';
import { putRecord, readRecords, removeRecord } from '../../../src/node/record.ts';
import { afterRestart, closing, entry, filesOf, textOf, useFolder } from '../../support/outbox-folder.ts';

/** A log as a kill leaves it, in a folder of its own. */
function folderWith(bytes: Buffer): string {
  const folder = useFolder();
  const owner = '0123456789abcdef';
  const name = { shelf: shelfName('alice'), place: 1, maker: owner, owner };
  writeFileSync(join(folder, logFile(name)), bytes);
  return folder;
}

const records = [
  putRecord(entry('1')),
  putRecord(entry('2', { payload: new Uint8Array([1, 2, 3]) })),
  removeRecord('1'),
  putRecord(entry('3', { payload: 'ä\n' })),
];
const log = Buffer.concat(records);

/** The ids that live after the first `count` records. */
const living = [[], ['1'], ['1', '2'], ['2'], ['2', '3']];

describe('a log that was cut off', () => {
  test('[OB-7] at any byte has every whole record, and nothing to tell of the unfinished one', () => {
    for (let length = 0; length <= log.length; length += 1) {
      const { live, bad } = readRecords(log.subarray(0, length));
      expect([...live.keys()], `${length} bytes`).toEqual(living[wholeRecords(length)]);
      expect(bad).toEqual([]);
    }
  });

  test('[OB-7] at any byte of its last two records loads, and takes new entries that outlive it', async () => {
    const from = log.length - (records[2]?.length ?? 0) - (records[3]?.length ?? 0);
    for (let length = from; length <= log.length; length += 1) {
      const folder = folderWith(log.subarray(0, length));
      const store = fileStore(folder, { sync: false });
      const { entries, corrupt } = await store.load('alice');
      const whole = living[wholeRecords(length)] ?? [];
      expect(entries.map(({ id }) => id)).toEqual(whole);
      expect(corrupt).toEqual([]);
      await store.put('alice', entry('new'));
      await store.close?.();
      expect(await afterRestart(folder)).toMatchObject({ ids: [...whole, 'new'], corrupt: [] });
    }
  });

  /** A record is whole without the line break behind it. */
  function wholeRecords(length: number): number {
    const ends = records.map((_, n) => Buffer.concat(records.slice(0, n + 1)).length - 1);
    return ends.filter((end) => end <= length).length;
  }
});

describe('a damaged log', () => {
  test('[OB-7] with any one byte changed loses at most the record of that byte', () => {
    for (let at = 0; at < log.length; at += 1) {
      for (const flip of [0x01, 0x20, 0xff]) {
        const damaged = Buffer.from(log);
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const { live, bad } = readRecords(damaged);
        const hit = recordAt(at);
        expect(bad.length).toBeLessThanOrEqual(2);
        for (const [n, id] of [
          [1, '2'],
          [3, '3'],
        ] as const) {
          if (hit !== n) expect(live.has(id), `byte ${at} ^ ${flip}`).toBe(true);
        }
        if (hit !== 2 && hit !== 0) expect(live.has('1')).toBe(false);
        // Nobody is told that something was lost when nothing was, and the other way round.
        const isWhole = [...live.keys()].join() === '2,3';
        if (!isWhole && at < log.length - (records[3]?.length ?? 0)) expect(bad.length).toBeGreaterThan(0);
      }
    }
  });

  test('[OB-7] is told of once, in words, with its lines set aside for whoever wants them', async () => {
    const folder = useFolder();
    const store = fileStore(folder);
    await store.put('alice', entry('1'));
    await store.put('alice', entry('2', { payload: 'a private word' }));
    await store.put('alice', entry('3'));
    await store.close?.();
    const [path = ''] = filesOf(folder, '.log');
    writeFileSync(path, readFileSync(path, 'utf8').replace('private', 'priVate'));
    const { ids, corrupt } = await afterRestart(folder);
    expect(ids).toEqual(['1', '3']);
    expect(corrupt).toHaveLength(1);
    expect(corrupt[0]).toMatch(
      /^1 damaged line of .*\.log: the checksum or the shape is wrong; set aside in .*\.corrupt$/,
    );
    expect(corrupt[0]).not.toContain('word');
    expect(textOf(folder, '.corrupt')).toContain('a priVate word');
    expect(statSync(filesOf(folder, '.corrupt')[0] ?? '').mode & 0o777).toBe(0o600);
    expect(await afterRestart(folder)).toMatchObject({ ids: ['1', '3'], corrupt: [] });
  });

  test('[OB-7] an entry with a right checksum and a wrong shape is set aside', async () => {
    const folder = useFolder();
    const store = fileStore(folder);
    await store.put('alice', { ...entry('1'), acceptedAt: 'yesterday' as never });
    await store.put('alice', entry('2'));
    await store.close?.();
    const { ids, corrupt } = await afterRestart(folder);
    expect(ids).toEqual(['2']);
    expect(corrupt).toHaveLength(1);
  });

  test('[OB-7] a file of nothing but noise is set aside, and the store goes on', async () => {
    const folder = useFolder();
    const store = fileStore(folder);
    await store.put('alice', entry('1'));
    await store.close?.();
    const [path = ''] = filesOf(folder, '.log');
    writeFileSync(path, Buffer.concat([randomBytes(5_000), Buffer.from('\n')]));
    const next = closing(fileStore(folder));
    const { entries, corrupt } = await next.load('alice');
    expect(entries).toEqual([]);
    expect(corrupt).toHaveLength(1);
    await next.put('alice', entry('2'));
    await next.close?.();
    expect((await afterRestart(folder)).ids).toEqual(['2']);
  });

  test('[ID-2] clearing an identity clears what was set aside of it too', async () => {
    const folder = useFolder();
    const store = fileStore(folder);
    await store.put('alice', entry('1'));
    await store.put('alice', entry('2'));
    await store.close?.();
    const [path = ''] = filesOf(folder, '.log');
    writeFileSync(path, readFileSync(path, 'utf8').replace('of 1', 'of one'));
    const next = closing(fileStore(folder));
    expect((await next.load('alice')).corrupt).toHaveLength(1);
    await next.clear('alice');
    expect(filesOf(folder, '.corrupt')).toEqual([]);
    expect(filesOf(folder, '.log')).toEqual([]);
  });

  test('[OB-7] what is no log in the folder is left alone', async () => {
    const folder = useFolder();
    const store = fileStore(folder);
    await store.put('alice', entry('1'));
    await store.close?.();
    const [path = ''] = filesOf(folder, '.log');
    const foreign = [
      'notes.txt',
      `${path.slice(folder.length + 1)}.bak`,
      'x.sock',
      '0123456789abcdef.sock.new',
      '.log',
    ];
    for (const file of foreign) writeFileSync(join(folder, file), 'mine');
    mkdirSync(join(folder, 'a-folder.log'));
    expect(await afterRestart(folder)).toMatchObject({ ids: ['1'], corrupt: [] });
    for (const file of foreign) expect(readFileSync(join(folder, file), 'utf8')).toBe('mine');
  });

  function recordAt(byte: number): number {
    let end = 0;
    return records.findIndex((record) => {
      end += record.length;
      return end > byte;
    });
  }
});
