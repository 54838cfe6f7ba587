import { Chat } from './chat.tsx';
import { readLobby, whoAsks } from './data.ts';

/** On the server: who asks, and what was said so far. */
// biome-ignore lint/style/noDefaultExport: Next.js looks for it.
export default async function Page() {
  const user = await whoAsks();
  const { posts, cursor } = await readLobby();
  return <Chat user={user} before={posts} cursor={cursor} />;
}
