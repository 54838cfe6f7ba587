import type { InspectionEvent } from 'xstate';
import type { Watched } from '../inspection.ts';

/** Where the local inspector shows itself: in a page, or on a page of its own. */
export interface LocalInspectorOptions {
  /** Browser only. The element that the panel fills. Default: a button at the edge of the page that opens it. */
  readonly into?: HTMLElement;
  /** Node only. The port of the page on 127.0.0.1; 0 for any that is free. Default 4480, or the next one that is free. */
  readonly port?: number;
  /** Node only. Called once with the address of the page. Default: says it on stderr. */
  readonly announce?: (url: string) => void;
}

/** An inspector that needs no internet. Give it to `createConnection({ inspect })`, also to several. */
export interface LocalInspector {
  /** What XState tells of the machine; called by the connection. */
  next(event: InspectionEvent): void;
  /** Called by each connection that is given this inspector: its traces are for the export. */
  watch(connection: Watched): void;
  /** Takes the panel away, or closes the page's server. The connections go on. */
  close(): Promise<void>;
}
