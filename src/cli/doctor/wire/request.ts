import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Failure, failureOf } from './failure.ts';
import { connectOptions, hostHeader, type Route } from './route.ts';

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Every value of a header, by its name in lower case: one that stands twice is a fault of its own. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Up to `largestBody` bytes of it, as far as it came in time. */
  readonly body: string;
  /** Whether the answer ended by itself. */
  readonly ended: boolean;
  readonly ms: number;
}

export type HttpOutcome = HttpAnswer | Failure;

/** Enough for every packet of Engine.IO that the doctor asks for; a page without an end must not fill the memory. */
export const largestBody = 128 * 1024;

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request on a connection of its own. Never rejects, and settles within the route's timeout. */
export function ask(route: Route, { path, method = 'GET', headers, body }: Asked): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    const started = performance.now();
    let answer: HttpAnswer | undefined;
    let received = '';
    const settle = (outcome: HttpOutcome) => {
      clearTimeout(timer);
      request.destroy();
      resolve(outcome);
    };
    // One clock for head and body: a server that drips a byte at a time is as slow as one that says nothing.
    const timer = setTimeout(
      () => settle(answer === undefined ? { kind: 'silent' } : { ...answer, body: received }),
      route.timeout,
    );
    const open = route.secure ? requestHttps : requestHttp;
    const request = open({
      ...connectOptions(route),
      path,
      method,
      headers: {
        Host: hostHeader(route),
        Accept: '*/*',
        'User-Agent': 'holdfast-doctor',
        ...headers,
        ...(body !== undefined && {
          'Content-Type': 'text/plain;charset=UTF-8',
          'Content-Length': Buffer.byteLength(body),
        }),
      },
    });
    request.on('error', (error) =>
      settle(answer === undefined ? failureOf(error) : { ...answer, body: received }),
    );
    request.on('response', (response) => {
      const ms = performance.now() - started;
      answer = { ...headOf(response), kind: 'answer', body: '', ended: false, ms };
      const head = answer;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        received += chunk;
        if (received.length >= largestBody) settle({ ...head, body: received.slice(0, largestBody) });
      });
      response.on('error', () => settle({ ...head, body: received }));
      response.on('end', () => settle({ ...head, body: received, ended: true }));
    });
    // An upgrade that nobody asked for.
    request.on('upgrade', (response) =>
      settle({ ...headOf(response), kind: 'answer', body: '', ended: true, ms: performance.now() - started }),
    );
    request.end(body);
  });
}

/** Status and headers of an answer. */
export function headOf(response: IncomingMessage): Pick<HttpAnswer, 'status' | 'headers'> {
  const headers = new Map<string, string[]>();
  const { rawHeaders } = response;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = String(rawHeaders[at]).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), String(rawHeaders[at + 1])]);
  }
  return { status: response.statusCode ?? 0, headers };
}
