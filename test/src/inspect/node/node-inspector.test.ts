import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { localInspector, serveInspector } from '../../../../src/inspect/node/node-inspector.ts';
import { Relay } from '../../../../src/inspect/node/relay.ts';
import { createHarness } from '../../../support/harness.ts';

function pageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-inspector-'));
  writeFileSync(join(folder, 'index.html'), 'the page');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('localInspector() in Node', () => {
  test('[IN-2] says where its page is, and shows a connection there', async () => {
    const announced = withResolvers<string>();
    const inspector = serveInspector({ port: 0, announce: announced.resolve }, pageFolder());
    const h = createHarness({ inspect: inspector });
    await h.goLive();
    const url = await announced.promise;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(url)).text()).toBe('the page');
    const response = await fetch(`${url}events`);
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain('welcome');
    await inspector.close();
    await expect(fetch(url)).rejects.toThrow();
    h.connection.disconnect();
    expect(h.connection.getStatus().state).toBe('idle');
    expect(h.problems).toEqual([]);
  });

  test('[IN-2, LC-13] that gets no port is a problem that is told, once', async () => {
    vi.spyOn(Relay.prototype, 'listen').mockRejectedValue(new Error('no port'));
    onTestFinished(() => void vi.restoreAllMocks());
    const h = createHarness({ inspect: serveInspector({ port: 0, announce() {} }, pageFolder()) });
    await h.settle();
    await h.goLive();
    expect(h.problems.map(({ message }) => message)).toEqual(['the inspector threw: Error: no port']);
  });

  test.each([
    ['a port that is none', { port: 70_000 }, '`port` is 70000'],
    ['an element', { into: {} as HTMLElement }, '`into` is for pages'],
  ])('[IN-2, ER-1] refuses %s, and says so', (_, options, message) => {
    expect(() => serveInspector(options, pageFolder())).toThrow(
      expect.objectContaining({ code: 'bad-argument', message: expect.stringContaining(message) }),
    );
  });

  test('[IN-2, ER-1] says what to do when its page was not built', () => {
    expect(() => localInspector()).toThrow(
      expect.objectContaining({ code: 'bad-argument', hint: expect.stringContaining('npm run build') }),
    );
  });
});

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
