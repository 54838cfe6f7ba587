/** `holdfast/inspect` as it is in Node, with the page that the test built. */
import type { LocalInspectorOptions } from '../../../../src/inspect/local-inspector.ts';
import { serveInspector } from '../../../../src/inspect/node/node-inspector.ts';

export const localInspector = (options: LocalInspectorOptions = {}) =>
  serveInspector({ announce: () => {}, ...options, port: 0 }, process.env['INSPECTOR_PAGE'] ?? '');
