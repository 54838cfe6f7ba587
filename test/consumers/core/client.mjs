/** Says something over a real connection, prints what came of it, and leaves its trace in `trace.json`. */
import { writeFileSync } from 'node:fs';
import { createConnection, holdfast, socketIo } from 'holdfast';
import { fileStore } from 'holdfast/node';
import { firstValueFrom } from 'rxjs';

const [url] = process.argv.slice(2);
const connection = createConnection({
  link: socketIo(url),
  dialect: holdfast(),
  credential: async ({ identity, signal }) =>
    (await fetch(`${url}token?user=${identity}`, { method: 'POST', signal })).text(),
  outbox: { store: fileStore('outbox') },
});
const heard = firstValueFrom(connection.on('message:new'));
connection.join('lobby');
connection.connect('alice');
await connection.ready();
const answer = await connection.send('message:send', { text: 'hello' }).acknowledged;
console.log(JSON.stringify({ answer, heard: await heard, status: connection.getStatus().state }));
writeFileSync('trace.json', JSON.stringify(connection.trace()));
await connection.dispose();
