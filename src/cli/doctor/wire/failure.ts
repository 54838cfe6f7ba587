/** How an exchange ended without an HTTP answer. */
export type Failure =
  | { readonly kind: 'silent' }
  /** The other end closed before it answered. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'not-http'; readonly said: string }
  | { readonly kind: 'failed'; readonly code: string };

/** What Node's error of a request says about the other end. */
export function failureOf(error: unknown): Failure {
  const { code, rawPacket } = error as { code?: unknown; rawPacket?: unknown };
  const name = typeof code === 'string' ? code : 'unknown error';
  if (name.startsWith('HPE_')) {
    // Cut off in the middle of an answer: no other language, only no end.
    if (name === 'HPE_INVALID_EOF_STATE') return { kind: 'closed' };
    return { kind: 'not-http', said: Buffer.isBuffer(rawPacket) ? rawPacket.toString('latin1') : '' };
  }
  if (name === 'ECONNRESET' || name === 'EPIPE') return { kind: 'closed' };
  return { kind: 'failed', code: name };
}
