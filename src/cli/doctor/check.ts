import type { Secret } from '../../secret.ts';
import type { FaultCode } from './faults.ts';
import type { Greeted } from './seen.ts';
import type { Settings } from './settings.ts';
import type { Target } from './target.ts';
import type { Handshake } from './wire/handshake.ts';
import type { Route } from './wire/route.ts';
import type { Session, Transport } from './wire/session.ts';

/** What checks find out for those after them. A check that lacks one of its needs is not tried. */
export interface Facts {
  readonly target: Target;
  /** Addresses of the host, in the order of the system. */
  readonly addresses: readonly string[];
  /** An address that took a connection. */
  readonly open: Route;
  /** The same, once TLS is settled. */
  readonly route: Route;
  /** What the first requests brought, Engine.IO by one of them at least. */
  readonly greeted: Greeted;
  /** The version of the protocol is not a wrong one. */
  readonly spoken: 4;
  readonly handshake: Handshake;
  /** The transport for everything that follows, and whether polling may be used. */
  readonly way: { readonly transport: Transport; readonly polling: boolean };
  readonly token: Secret<string> | null;
  /** The server knows the namespace: an accepted session, or why it was refused. */
  readonly knows: { readonly session: Session } | { readonly message: string; readonly data: unknown };
  /** Accepted. */
  readonly session: Session;
  /** The session came to no end by itself, and answers. */
  readonly answers: true;
}

export type Finding = {
  /** What was seen, one sentence. */
  readonly text: string;
  /** Beside the point, but of use. */
  readonly notes?: readonly string[];
  /** What later checks may build on; a fault may leave some all the same. */
  readonly gives?: Partial<Facts>;
} & (
  | { readonly status: 'ok' | 'skipped' | 'unknown' }
  | {
      readonly status: 'warning' | 'fault';
      readonly code: FaultCode;
      /** Better than the general one of the code, because something is known here. */
      readonly cure?: string;
    }
);

export interface Context {
  readonly settings: Settings;
  /** Everything seen of the server passes here before it is part of a sentence: short, printable, without secrets. */
  readonly quote: (said: string) => string;
  /** From here on this never appears in any output. */
  readonly keepSecret: (secret: string) => void;
  /** Aborted when the doctor is told to stop. */
  readonly signal: AbortSignal;
  /** Run at the end, whatever happened. */
  readonly atEnd: (close: () => void) => void;
}

export interface Check {
  readonly id: string;
  /** What it finds out, for the documentation. */
  readonly asks: string;
  readonly needs: readonly (keyof Facts)[];
  readonly gives: readonly (keyof Facts)[];
  run(facts: Facts, context: Context): Promise<Finding> | Finding;
}

export function ok(text: string, more: Pick<Finding, 'notes' | 'gives'> = {}): Finding {
  return { status: 'ok', text, ...more };
}

export function skipped(text: string, gives: Partial<Facts> = {}): Finding {
  return { status: 'skipped', text, gives };
}

interface More extends Pick<Finding, 'notes' | 'gives'> {
  readonly cure?: string;
}

export function fault(code: FaultCode, text: string, more: More = {}): Finding {
  return { status: 'fault', code, text, ...more };
}

export function warning(code: FaultCode, text: string, more: More = {}): Finding {
  return { status: 'warning', code, text, ...more };
}

/** Whole ms, and never 0: what took no time was not seen. */
export function millis(ms: number): string {
  return `${Math.max(1, Math.round(ms))} ms`;
}
