import type { Server, Socket } from 'socket.io';
import { expect } from 'vitest';
import type { Moment } from './page-events.ts';
import type { Site } from './site.ts';
import type { Tab } from './tab.ts';

/** What the server sees of its sockets, in order. */
export interface Witness {
  /** `connected`, `recovered`, and the reason for which one ended. */
  readonly seen: string[];
  /** What clients said with the event `say`, which is acknowledged. */
  readonly heard: unknown[];
}

/** To be called before anybody connects. */
export function witness({ io }: { readonly io: Server }): Witness {
  const made: Witness = { seen: [], heard: [] };
  io.on('connection', (socket) => {
    made.seen.push(socket.recovered ? 'recovered' : 'connected');
    socket.on('disconnect', (reason) => made.seen.push(reason));
    socket.on('say', (payload, acknowledge) => {
      made.heard.push(payload);
      acknowledge();
    });
  });
  return made;
}

/** The only socket of the server, once there is just one. */
export async function onlySocket(site: Site): Promise<Socket> {
  await site.settled(1);
  return site.sockets[0] as Socket;
}

/** Waits for a status of the connection `main`, such as `connected.live`. */
export async function reaches(tab: Tab, status: string, name = 'main'): Promise<void> {
  await tab.until((key, wanted) => window.holdfast.lives[key]?.story.at(-1) === wanted, name, status);
}

/** The statuses of `main` after the first so many. */
export function story(tab: Tab, from = 0, name = 'main'): Promise<string[]> {
  return tab.evaluate((key, first) => window.holdfast.lives[key]?.story.slice(first) ?? [], name, from);
}

/** The payloads that `main` was given, in order. */
export function payloads(tab: Tab, name = 'main'): Promise<unknown[]> {
  return tab.evaluate(
    (key) => window.holdfast.lives[key]?.messages.map(({ payload }) => payload) ?? [],
    name,
  );
}

/** All of the page's moments so far, or those from the last `from` on. */
export async function moments(tab: Tab, from?: string): Promise<Moment[]> {
  const all = await tab.evaluate(() => window.moments);
  return from === undefined ? all : all.slice(all.findLastIndex(({ what }) => what === from));
}

/** Ms from the last `from` to the first `to` after it. */
export async function gap(tab: Tab, from: string, to: string): Promise<number> {
  const [start, ...later] = await moments(tab, from);
  const end = later.find(({ what }) => what === to);
  if (start === undefined || end === undefined) throw new Error(`no "${to}" after "${from}"`);
  return end.at - start.at;
}

/** What the page said and threw was caused by the scenario: a WebSocket or request that could not get through. */
export function expectNoErrors(tab: Tab, ...caused: RegExp[]): void {
  expect(tab.errors.filter((error) => !caused.some((cause) => cause.test(error)))).toEqual([]);
}

/** What Chromium itself says of a WebSocket or request that fails. */
export const failedConnection = /^(WebSocket connection to .* failed|Failed to load resource: net::ERR_)/;

/** What Chromium says of a probe that is sent into a socket which ended while the page was stopped. */
export const lateQuestion = /^WebSocket is already in CLOSING or CLOSED state/;
