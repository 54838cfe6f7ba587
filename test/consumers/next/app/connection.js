import { createConnection, holdfast, socketIo } from 'holdfast';

/** The one connection of a tab. On the server, where pages are rendered, it is idle: nobody connects there. */
export const connection = createConnection({
  link: socketIo(typeof window === 'undefined' ? 'http://localhost' : '/'),
  dialect: holdfast(),
  credential: async ({ identity, signal }) =>
    (await fetch(`/token?user=${identity}`, { method: 'POST', signal })).text(),
});
connection.join('lobby');
