/**
 * What a connection tells OpenTelemetry. It needs `@opentelemetry/api`.
 *
 * @module holdfast/opentelemetry
 */

export { type TelemetryOptions, telemetry } from './telemetry.ts';
