import type { Target } from './target.ts';
import { readOpening } from './wire/handshake.ts';
import { ask } from './wire/request.ts';
import type { Route } from './wire/route.ts';
import { enginePath } from './wire/session.ts';

/** Where Socket.IO is mounted most of the time. */
const usual = ['/socket.io/', '/engine.io/', '/ws/socket.io/', '/api/socket.io/', '/ws/'];

/** Looks for Engine.IO on other paths than the one asked for: the usual ones, and what the URL's own path suggests. */
export async function findElsewhere(route: Route, { path, urlPath }: Target): Promise<string | undefined> {
  const own = urlPath.replace(/\/$/, '');
  const suggested = own === '' ? [] : [`${own}/`, `${own}/socket.io/`];
  const paths = [...new Set([...suggested, ...usual])].filter((candidate) => candidate !== path);
  // One that says nothing on one path may say nothing on all.
  const hasty = { ...route, timeout: Math.min(route.timeout, 2_000) };
  const found = await Promise.all(paths.map((candidate) => isThere(hasty, candidate)));
  return paths[found.indexOf(true)];
}

async function isThere(route: Route, path: string): Promise<boolean> {
  const outcome = await ask(route, { path: enginePath(path, 'polling') });
  return outcome.kind === 'answer' && readOpening(outcome.body).kind !== 'other';
}
