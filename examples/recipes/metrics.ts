import { metrics } from '@opentelemetry/api';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import type { Connection } from 'holdfast';
import { telemetry } from 'holdfast/opentelemetry';

/**
 * Starts the SDK, and then tells it what happens to the connection: the other way round, nothing would be told. As a rule
 * the exporter is the `OTLPMetricExporter` of `@opentelemetry/exporter-metrics-otlp-http`, with the URL of your collector.
 *
 * @returns What ends it, and sends what is left: for the end of a program. A page needs no end.
 */
export function measure(connection: Connection, exporter: PushMetricExporter, release: string) {
  const provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })],
  });
  metrics.setGlobalMeterProvider(provider);
  const stop = telemetry(connection, { attributes: { release } });
  return async () => {
    stop();
    await provider.shutdown();
  };
}
