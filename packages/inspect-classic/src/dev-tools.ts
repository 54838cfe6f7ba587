/** A machine that is shown, as far as somebody who registers it needs to know it. */
export interface Service {
  readonly sessionId: string;
  /** Calls back once, when the machine is shown as stopped. */
  onStop(listener: () => void): unknown;
  /** Shows it as stopped. The machine itself goes on. */
  stop(): unknown;
}

/** Where the classic inspector hears of machines. */
export interface DevTools {
  /** Called once for each machine, when it starts. */
  register(service: Service): void;
}

/** An inspector that runs, and that can be ended. */
export interface OpenDevTools extends DevTools {
  /** Ends it: every machine is shown as stopped, and nothing more is told. The machines themselves go on. */
  close(): Promise<void>;
}

/** Devtools that can be closed while machines run, made of devtools that cannot. */
export function closable(inner: DevTools, end: () => void | Promise<void>): OpenDevTools {
  const services = new Set<Service>();
  let closed: Promise<void> | null = null;

  async function endAll(): Promise<void> {
    // First: what is still told to an inspector that has ended becomes a warning on the console.
    for (const service of services) service.stop();
    await end();
  }

  return {
    register(service) {
      if (closed !== null) return;
      services.add(service);
      service.onStop(() => services.delete(service));
      inner.register(service);
    },
    close() {
      closed ??= endAll();
      return closed;
    },
  };
}
