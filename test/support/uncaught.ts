import { config } from 'rxjs';

/** What subscribers threw while this ran: RxJS hands it to the host a task later. */
export async function uncaughtDuring(act: () => unknown): Promise<unknown[]> {
  const thrown: unknown[] = [];
  const { onUnhandledError } = config;
  config.onUnhandledError = (error) => thrown.push(error);
  await act();
  await new Promise((resolve) => setTimeout(resolve));
  config.onUnhandledError = onUnhandledError;
  return thrown;
}
