import { type Check, type Finding, fault, millis, ok } from '../check.ts';
import { sendEvent, waitFor } from '../wire/packets.ts';

/** A question over the open connection, and its answer. */
export const ack: Check = {
  id: 'ack',
  asks: 'Does a question over the open connection come back with an answer (the event of `--event`, or what every Socket.IO server answers)?',
  needs: ['target', 'session'],
  gives: ['answers'],
  async run({ target, session }, { settings, quote }): Promise<Finding> {
    const started = performance.now();
    const { event, timeout } = settings;
    // A namespace that does not exist is refused at once by every server, without an effect there.
    const elsewhere = `/holdfast-doctor-${Math.round(started)}`;
    if (event === null) await session.send(`0${elsewhere},`);
    const answer =
      event === null
        ? await waitFor(session, timeout, (packet) => {
            if (packet.namespace === elsewhere) return { kind: 'acknowledged' } as const;
            const isEnd = packet.namespace === target.namespace && packet.type === 'disconnect';
            return isEnd
              ? ({ kind: 'closed', how: 'the server disconnected the socket' } as const)
              : undefined;
          })
        : await sendEvent(session, target.namespace, event, timeout);
    const took = millis(performance.now() - started);
    if (answer.kind === 'acknowledged')
      return ok(
        event === null ? `a question was answered in ${took}` : `${quote(event)} was acknowledged in ${took}`,
        { gives: { answers: true } },
      );
    if (answer.kind === 'closed') return fault('kicked', `accepted, and then ${quote(answer.how)}`);
    if (answer.kind === 'invalid') return fault('packet-invalid', quote(answer.why));
    const within = `within ${timeout / 1000} s`;
    if (event === null) return fault('no-answer', `no answer ${within}`);
    return fault('event-unanswered', `${quote(event)} was not acknowledged ${within}`);
  },
};
