/** What the tests use in the page. */
import { io } from 'socket.io-client';
import * as browser from '../../../src/browser/index.ts';
import * as core from '../../../src/index.ts';
import * as inspect from '../../../src/inspect/index.ts';
import { live, lives } from './live.ts';

const holdfast = { ...core, ...browser, ...inspect, io, live, lives };

declare global {
  interface Window {
    /** The library, socket.io-client's own `io`, and `live`, which records what a connection does. */
    holdfast: typeof holdfast;
  }
}

window.holdfast = holdfast;
