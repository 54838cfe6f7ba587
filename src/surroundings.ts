import type { CredentialPort, LinkPort, Ports, SessionPort } from '../machines/ports.ts';
import type { Failure, Observed, Verdict } from '../machines/verdict.ts';
import type { Clock } from './clock.ts';
import type { Problems } from './problems.ts';
import type { Counter } from './stats.ts';
import type { Tracer } from './trace.ts';
import type { Transition, Witness } from './transitions.ts';

interface Parts {
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly counter: Counter;
  readonly problems: Problems;
  readonly link: LinkPort;
  readonly credential: CredentialPort;
  readonly session: SessionPort;
}

/** What the machine asks of the world around it, put together of what each part answers. */
export class Surroundings implements Ports, Witness {
  readonly link: LinkPort;
  readonly credential: CredentialPort;
  readonly session: SessionPort;
  readonly #clock: Clock;
  readonly #tracer: Tracer;
  readonly #counter: Counter;
  readonly #problems: Problems;

  constructor({ clock, tracer, counter, problems, link, credential, session }: Parts) {
    this.link = link;
    this.credential = credential;
    this.session = session;
    this.#clock = clock;
    this.#tracer = tracer;
    this.#counter = counter;
    this.#problems = problems;
  }

  now(): number {
    return this.#clock.now();
  }

  random(): number {
    return this.#tracer.random();
  }

  classify(observed: Observed): Verdict {
    return this.#tracer.classify(observed);
  }

  problem(failure: Failure): void {
    this.#problems.report(failure);
  }

  changed(transition: Transition): void {
    this.#tracer.record(transition);
    this.#counter.count(transition);
  }
}
