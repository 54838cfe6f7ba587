import { HoldfastError } from '../errors.ts';
import type { LocalInspector, LocalInspectorOptions } from './local-inspector.ts';
import { Reporter } from './reporter.ts';
import { Dock } from './view/dock.ts';
import { Panel } from './view/panel.ts';

/**
 * Shows the connection in the page itself: the chart with its active states lit, the time to the next attempt, and what
 * happened. Without `into` it waits behind a button at the lower edge of the page. Everything is drawn from what is in
 * the bundle: nothing is loaded (IN-2). In Node this entry serves a page of its own instead, on 127.0.0.1.
 *
 * @throws HoldfastError `bad-argument` in workers, and in bundles for browsers that run on a server; in Node for `into`,
 * for a `port` that is none, and where the page was not built.
 */
export function localInspector({ into }: LocalInspectorOptions = {}): LocalInspector {
  if (typeof document === 'undefined') {
    throw new HoldfastError('bad-argument', 'localInspector() found no page to show itself in', {
      hint: 'Call localInspector() in a page, or in Node. For a worker, inspect in the page or with an observer of yours.',
    });
  }
  const panel = new Panel(document, { trace: (connection) => reporter.trace(connection) });
  const dock = into === undefined ? new Dock(document, panel) : null;
  const reporter = new Reporter((report) => {
    panel.show(report);
    dock?.show(report);
  });
  const shown = dock?.element ?? panel.element;
  const place = () => (into ?? document.body).append(shown);
  if (into === undefined && document.body === null) {
    document.addEventListener('DOMContentLoaded', place, { once: true });
  } else place();
  return {
    next: (event) => reporter.next(event),
    watch: (connection) => reporter.watch(connection),
    async close() {
      document.removeEventListener('DOMContentLoaded', place);
      panel.close();
      shown.remove();
    },
  };
}
