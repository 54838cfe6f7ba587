import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HoldfastError } from '../../errors.ts';
import { localInspector as browserInspector } from '../browser-inspector.ts';
import type { LocalInspector, LocalInspectorOptions } from '../local-inspector.ts';
import { Reporter } from '../reporter.ts';
import { Relay } from './relay.ts';

/**
 * Serves a page on 127.0.0.1 that shows the connections of this process (IN-2): chart, countdown, log. The page is part
 * of the package; nothing comes from the internet, and no other origin can read it. It does not keep the process alive.
 * Where there is a page already, as in Electron or jsdom, it shows itself in that one instead.
 */
export function localInspector(options: LocalInspectorOptions = {}): LocalInspector {
  return typeof document === 'undefined' ? serveInspector(options, builtPage) : browserInspector(options);
}

/** Beside the compiled code, where `npm run build` puts it. */
const builtPage = fileURLToPath(new URL('../../../inspector', import.meta.url));

/** With a page from elsewhere: the tests build one of their own. */
export function serveInspector(
  { into, port = 4480, announce = sayOnStderr }: LocalInspectorOptions,
  folder: string,
): LocalInspector {
  if (into !== undefined) {
    throw new HoldfastError('bad-argument', '`into` is for pages, and there is none here', {
      hint: 'In Node leave it out: the inspector serves a page of its own.',
    });
  }
  if (!(Number.isInteger(port) && port >= 0 && port < 65_536)) {
    throw new HoldfastError('bad-argument', `\`port\` is ${String(port)}`, {
      hint: 'Give a whole number from 0 to 65,535.',
    });
  }
  if (!existsSync(join(folder, 'index.html'))) {
    throw new HoldfastError('bad-argument', `the page of the inspector is not in ${folder}`, {
      hint: 'It comes with the package. In the repository run `npm run build` first.',
    });
  }
  let trouble: unknown;
  const reporter = new Reporter((report) => relay.tell(report));
  const relay = new Relay({ folder, port, trace: (connection) => reporter.trace(connection) });
  relay
    .listen()
    .then(announce)
    .catch((thrown) => {
      trouble = thrown;
    });
  return {
    next(event) {
      reporter.next(event);
      if (trouble === undefined) return;
      // Thrown where the connection hears of it: it is told on `problems$`, once.
      const thrown = trouble;
      trouble = undefined;
      throw thrown;
    },
    watch: (connection) => reporter.watch(connection),
    close: () => relay.close(),
  };
}

function sayOnStderr(url: string): void {
  process.stderr.write(`holdfast inspector: ${url}\n`);
}
