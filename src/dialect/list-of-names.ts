/** Whether somebody's word about rooms is one: a list that is not all names says nothing, whatever its type promises. */
export function isListOfNames(given: unknown): given is readonly string[] {
  return Array.isArray(given) && given.every((each) => typeof each === 'string');
}

/** The rooms in the answer to a probe; `null` when that is nothing, or no list of names. */
export function roomsIn(answer: unknown): readonly string[] | null {
  if (typeof answer !== 'object' || answer === null || !('rooms' in answer)) return null;
  return isListOfNames(answer.rooms) ? answer.rooms : null;
}
