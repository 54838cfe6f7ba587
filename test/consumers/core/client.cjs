/** The same in CommonJS. */
const { createConnection, holdfast, socketIo } = require('holdfast');
const { firstValueFrom } = require('rxjs');

const [url] = process.argv.slice(2);
const connection = createConnection({
  link: socketIo(url),
  dialect: holdfast(),
  credential: async ({ identity, signal }) =>
    (await fetch(`${url}token?user=${identity}`, { method: 'POST', signal })).text(),
});
const heard = firstValueFrom(connection.on('message:new'));
connection.join('lobby');
connection.connect('alice');

async function main() {
  await connection.ready();
  const answer = await connection.send('message:send', { text: 'hello' }).acknowledged;
  console.log(JSON.stringify({ answer, heard: await heard, status: connection.getStatus().state }));
  await connection.dispose();
}

main();
