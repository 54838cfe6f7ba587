import { io } from 'socket.io-client';
import type { App } from './app.ts';

/** With bare socket.io-client, as such code tends to be. README.md says what is wrong with each number. */
export function chat(url: string, { session, banner, show }: App) {
  const socket = io(url, { auth: { token: session.token }, transports: ['websocket'] }); // 1
  socket.on('connect', () => {
    banner.hide();
    socket.on('message:new', show); // 2
  });
  socket.on('disconnect', () => banner.show()); // 3
  socket.on('connect_error', async (error) => {
    if (error.message !== 'unauthorized') return; // 4
    socket.auth = { token: await session.refresh() }; // 5
    socket.connect(); // 6
  });
  session.onUserChange(() => socket.disconnect().connect()); // 7
  return {
    say: (text: string) => void socket.emit('message:send', { text }),
    stop: () => void socket.disconnect(),
  };
}
