/** Whether an adapter joins several nodes. That of a single one has the method too, and complains on the console. */
export function joinsNodes(adapter: object): boolean {
  let owners = 0;
  for (let each = adapter; each !== null; each = Object.getPrototypeOf(each)) {
    if (Object.hasOwn(each, 'serverSideEmit')) owners += 1;
  }
  return owners > 1;
}
