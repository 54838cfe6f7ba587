/** What an inspector's page may say. Anything else that reaches `@xstate/inspect` it would take as its own, or fail at. */
export type Command =
  | { readonly type: 'xstate.inspecting' }
  | { readonly type: 'xstate.event'; readonly event: string };

/** The command that was received, or `null` for what is none. */
export function commandOf(received: unknown): Command | null {
  if (typeof received !== 'object' || received === null) return null;
  const { type, event } = received as { readonly type?: unknown; readonly event?: unknown };
  if (type === 'xstate.inspecting') return { type };
  if (type !== 'xstate.event' || typeof event !== 'string') return null;
  const sent = parse(event);
  return typeof sent === 'object' && sent !== null ? { type, event } : null;
}

/** What the text says, or `undefined` where it is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
