import type { Post } from './connection.ts';

/** Who is signed in, from the cookie that your sign-in has set. */
export async function whoAsks(): Promise<string> {
  return 'alice';
}

/** The lobby from your database: each message is stored with the cursor that `broadcast` gave for it. */
export async function readLobby(): Promise<{ posts: readonly Post[]; cursor: string }> {
  return { posts: lobby.posts, cursor: lobby.cursor };
}

/** In the place of a database. */
export const lobby: { posts: Post[]; cursor: string } = { posts: [], cursor: '' };
