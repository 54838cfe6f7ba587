import { metrics, trace } from '@opentelemetry/api';
import { createConnection, socketIo } from 'holdfast';
import { type TelemetryOptions, telemetry } from 'holdfast/opentelemetry';
import type { ClientToServer, ServerToClient } from './events.js';

const options: TelemetryOptions = {
  meter: metrics.getMeter('app'),
  tracer: trace.getTracer('app'),
  attributes: { connection: 'chat' },
};
const connection = createConnection<ServerToClient, ClientToServer>({
  link: socketIo('/'),
  credential: false,
});

export const end: () => void = telemetry(connection, options);
