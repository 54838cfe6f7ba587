import { describe, test } from 'vitest';
import { socketIo } from '../../src/link/socket-io.ts';
import { linkConformance } from '../../src/testing/index.ts';
import { openToConformance } from '../support/conformance-server.ts';

describe.each(['websocket', 'polling'] as const)(
  '[TS-4] the link over Socket.IO conforms: %s',
  (transport) => {
    const factory = () =>
      openToConformance((url) => socketIo(url, { transports: [transport], upgrade: false }));
    for (const { name, clauses, run } of linkConformance(factory)) {
      test(`[${clauses.join(', ')}] ${name}`, run);
    }
  },
);
