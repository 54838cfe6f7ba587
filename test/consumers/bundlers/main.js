/** A page with one connection: shows its status and what is said, and says hello. */
import { createConnection, holdfast, socketIo, steady } from 'holdfast';

const connection = createConnection({
  link: socketIo('/'),
  dialect: holdfast(),
  credential: async ({ identity, signal }) =>
    (await fetch(`/token?user=${identity}`, { method: 'POST', signal })).text(),
});
const status = document.querySelector('[role=status]');
steady(connection.status$).subscribe(({ state }) => {
  status.textContent = state;
});
connection.on('message:new').subscribe(({ from, text }) => {
  const line = document.createElement('li');
  line.textContent = `${from}: ${text}`;
  document.querySelector('ul').append(line);
});
connection.join('lobby');
connection.connect('alice');
connection.send('message:send', { text: 'hello' });
