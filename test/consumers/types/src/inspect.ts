import { createConnection, type Inspector, socketIo } from 'holdfast';
import {
  type LocalInspector,
  type LocalInspectorOptions,
  localInspector,
  type StatelyInspector,
  type StatelyInspectorOptions,
  statelyInspector,
} from 'holdfast/inspect';

const options: LocalInspectorOptions = { port: 0, announce: (url: string) => url.length };
const statelyOptions: StatelyInspectorOptions = { webSocket: 'ws://127.0.0.1:8080' };

export const local: LocalInspector = localInspector(options);
export const stately: StatelyInspector = statelyInspector(statelyOptions);
export const inspectors: readonly Inspector[] = [local, stately, (event) => event.type];
export const connection = createConnection({ link: socketIo('/'), credential: false, inspect: local });
export const ready: Promise<void> = stately.ready;
