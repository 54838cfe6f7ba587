/** One client, in a frame of its own: it has its own copy of everything, as if it were alone in its page. */
import { clientOf } from '../clients/clients.ts';
import type { Setting } from './page.ts';

const { name, url, heartbeat }: Setting = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const index = Number(new URLSearchParams(location.search).get('index'));
const connect = await clientOf(name);

connect({
  ...{ url, heartbeat, WebSocket },
  usable: () => parent.usable.push({ index, at: Date.now() }),
});
