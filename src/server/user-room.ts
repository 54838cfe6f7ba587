/**
 * The private room of a user, which every link of theirs that `authenticate()` let in is a member of:
 * `io.to(userRoom(id)).emit(...)` reaches all tabs and devices. Let no client join rooms of this prefix by name.
 */
export function userRoom(user: string): string {
  return `holdfast:user:${user}`;
}
