/** Whether somebody's word about rooms is one: a list that is not all names says nothing, whatever its type promises. */
export function isListOfNames(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((each) => typeof each === 'string');
}
