/** Whether an adapter joins several nodes. That of a single one has the method too, and complains on the console. */
export function joinsNodes(adapter: object): boolean {
  return overrides(adapter, 'serverSideEmit');
}

/** Whether something of an adapter is not as in the one that all of them are made of. */
export function overrides(adapter: object, method: string): boolean {
  let owners = 0;
  for (let each = adapter; each !== null; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, method)) owners += 1;
  }
  return owners > 1;
}
