import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { catchUpFrom } from '../../../examples/recipes/rest-catch-up.ts';
import { createHarness } from '../../support/harness.ts';

interface Note {
  id: string;
  room: string;
  number: number;
  text: string;
}

const note = (number: number): Note => ({ id: `n${number}`, room: 'lobby', number, text: `text ${number}` });

/** An API over HTTP, two notes a page; `null` has forgotten everything. */
async function api(notes: readonly Note[] | null): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    asked.push(`${searchParams.get('after')} ${searchParams.get('from') ?? ''}`.trim());
    if (notes === null) {
      response.writeHead(410).end();
      return;
    }
    const cursors = JSON.parse(searchParams.get('after') ?? '{}') as Record<string, number>;
    const from = Number(searchParams.get('from') ?? 0);
    const left = notes.filter(({ number }) => number > (cursors['lobby'] ?? 0)).slice(from);
    const after = encodeURIComponent(JSON.stringify(cursors));
    const next = left.length > 2 ? `notes?after=${after}&from=${from + 2}` : null;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ notes: left.slice(0, 2), next }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, asked };
}

async function reconnected(notes: readonly Note[] | null) {
  const { url, asked } = await api(notes);
  const h = createHarness(catchUpFrom(url));
  const got: string[] = [];
  h.connection.messages$.subscribe(({ payload, replayed }) => {
    const { number } = payload as Note;
    got.push(replayed ? `${number} replayed` : `${number}`);
  });
  const reloads: boolean[] = [];
  h.connection.gaps$.subscribe(({ reload }) => reloads.push(reload));
  await h.goLive();
  h.dial.say('note', note(1));
  await h.pass(5_000);
  h.dial.lose();
  await h.pass(1_000);
  await h.grant();
  h.dial.open();
  h.dial.say('note', note(6));
  await expect.poll(() => h.connection.getStatus()).toMatchObject({ phase: 'live' });
  return { got, reloads, asked };
}

test('what was missed comes page by page, in order, before what came meanwhile', async () => {
  const { got, reloads, asked } = await reconnected([1, 2, 3, 4, 5].map(note));
  expect(got).toEqual(['1', '2 replayed', '3 replayed', '4 replayed', '5 replayed', '6']);
  expect(reloads).toEqual([]);
  expect(asked).toEqual(['{"lobby":1}', '{"lobby":1} 2']);
});

test('an API that no longer knows from where makes the app load anew', async () => {
  const { got, reloads } = await reconnected(null);
  expect(got).toEqual(['1', '6']);
  expect(reloads).toEqual([true]);
});
