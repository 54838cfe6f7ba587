/** Whether a text is the same once it went through UTF-8: two that differ in half of a surrogate pair alone are not. */
export function isWhole(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}
