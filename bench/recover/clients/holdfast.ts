import { distinctUntilChanged, filter, map } from 'rxjs';
import { createConnection, socketIo } from '../../../src/index.ts';
import type { Connect } from './client.ts';

interface Questions {
  ask: (nothing: null, answer: (nothing: null) => void) => void;
}

/** With every default, signals of the browser included. */
export const connect: Connect = ({ url, usable }) => {
  // biome-ignore lint/complexity/noBannedTypes: the server sends no events
  const connection = createConnection<{}, Questions>({ link: socketIo(url), credential: false });
  connection.status$
    .pipe(
      map((status) => status.state === 'connected' && status.phase === 'live'),
      distinctUntilChanged(),
      filter((isLive) => isLive),
    )
    // Who loses the link while it asks is not back yet.
    .subscribe(() => void connection.request('ask', null).then(usable, () => {}));
  connection.connect();
  return () => connection.dispose();
};
