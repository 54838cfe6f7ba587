import { onTestFinished } from 'vitest';

/** What is there until the end of the test that started it. */
export async function started<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const patient = await starting;
  onTestFinished(() => patient.close());
  return patient;
}
