const redacted = '[redacted]';

/** Takes a credential out of what a function said that had it in hand: the whole, its parts, and whatever looks like one. */
export function redactText(text: string, token: string): string {
  // Long enough to be a secret; a JWT's header and payload are no less so than its signature.
  const parts = [token, ...token.split('.')].filter((part) => part.length >= 8);
  return parts
    .reduce((rest, part) => rest.replaceAll(part, redacted), text)
    .replace(/\beyJ[\w-]+(\.[\w-]*)*/g, redacted);
}

/**
 * An error that says the same without the credential. Whatever else it carried is left behind: the errors of HTTP
 * clients hold the whole request.
 */
export function redactError(thrown: unknown, token: string): Error {
  const told = new Error(redacted);
  try {
    const { name, message, stack } =
      thrown instanceof Error ? thrown : new Error(`${typeof thrown} was thrown`);
    told.name = redactText(String(name), token);
    told.message = redactText(String(message), token);
    told.stack = redactText(String(stack), token);
  } catch {
    // A getter that throws; that there was an error is told all the same.
  }
  return told;
}
