import type { Meter } from '@opentelemetry/api';

/**
 * Attributes of OpenTelemetry: few values each, since every combination is a series of its own.
 *
 * @inline
 */
export type Words = Readonly<Record<string, string | number | boolean>>;

export type Instruments = ReturnType<typeof instrumentsOf>;

/** Named and measured as the semantic conventions of OpenTelemetry ask for: durations in seconds, counts in braces. */
export function instrumentsOf(meter: Meter) {
  return {
    connections: meter.createUpDownCounter('holdfast.connections', {
      description: 'Connections by what they are doing.',
      unit: '{connection}',
    }),
    attempts: meter.createHistogram('holdfast.attempt.duration', {
      description: 'How long an attempt to connect took, by how it ended.',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30] },
    }),
    outages: meter.createHistogram('holdfast.outage.duration', {
      description:
        'From the loss of a link until the connection was live again, or gave up, by how it ended.',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800] },
    }),
    losses: meter.createCounter('holdfast.losses', {
      description: 'Links that the server had accepted and that ended, by the reason.',
      unit: '{link}',
    }),
    refreshes: meter.createCounter('holdfast.refreshes', {
      description: 'Attempts that asked for a fresh credential, since the server had refused the one before.',
      unit: '{attempt}',
    }),
    renewals: meter.createCounter('holdfast.renewals', {
      description: 'Credentials that were renewed on an open link.',
      unit: '{credential}',
    }),
    gaps: meter.createCounter('holdfast.gaps', {
      description: 'Times that messages were missing, or may have been, by the reason.',
      unit: '{gap}',
    }),
    waiting: meter.createUpDownCounter('holdfast.outbox.messages', {
      description: 'Messages in the outbox, by where they stand.',
      unit: '{message}',
    }),
    bytes: meter.createUpDownCounter('holdfast.outbox.size', {
      description: 'Payload bytes in the outbox.',
      unit: 'By',
    }),
  };
}
