/**
 * The inspector as users of the package get it in Node: compiled, with its built page. Plain Node, so that nothing of
 * the workshop helps. Without types: where nothing is built yet, its imports lead nowhere. It ends by itself, or the
 * page's server keeps programs alive.
 */
import { get } from 'node:http';

// A specifier of our own package leads to `dist`, as its exports say.
const { localInspector } = await import('holdfast/inspect');
const { createConnection, socketIo } = await import('holdfast');

function read(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`${url}: ${response.statusCode}`)),
      );
    }).on('error', reject);
  });
}

// The page's server alone does not keep the process alive: until it listens, this does.
const awake = setInterval(() => {}, 1_000);
const url = await new Promise((announce) => {
  const inspect = localInspector({ port: 0, announce });
  createConnection({ link: socketIo('http://127.0.0.1:9'), credential: false, inspect });
});
const page = await read(url);
const assets = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
if (assets.length < 2) throw new Error(`the page has no code or no style:\n${page}`);
for (const path of assets) if ((await read(url + path)) === '') throw new Error(`${path} is empty`);
clearInterval(awake);
console.log(`holdfast/inspect serves its page and ${assets.length} assets`);
