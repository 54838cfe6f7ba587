/**
 * Node loads its own fetch and WebSocket when somebody looks at them first, as Socket.IO does to see what there is, and
 * leaves globals of its own then: they are none of the importer's.
 */
export function touchLazyGlobals(): void {
  for (const name of ['fetch', 'WebSocket', 'EventSource']) Reflect.get(globalThis, name);
}
