/**
 * A process that opens a link, closes it when told to, and then has nothing to do: it must end by itself (LC-10).
 * Told to `probe`, it asks for a sign of life; told to `suspend`, it hangs up and closes nothing. Tells its parent what it hears, and what is still active when `close()` resolves.
 */
import { socketIo } from '../../src/link/socket-io.ts';
import { Secret } from '../../src/secret.ts';

const [url = '', options = '{}'] = process.argv.slice(2);
const tell = (word: string, more?: unknown) => process.send?.({ word, more });

const session = socketIo(url, JSON.parse(options)).open('alice', {
  opened: () => tell('opened'),
  refused: (_, observed) => tell('refused', observed),
  failed: (_, observed) => tell('failed', observed),
  lost: (_, observed) => tell('lost', observed),
  received: () => tell('received'),
});
session.dial(1);
if (process.env['HOLDFAST_NO_CREDENTIAL'] === undefined)
  session.authenticate(1, new Secret({ token: 'a-good-token' }));
tell('dialled');

process.on('message', async (order) => {
  if (order === 'probe') {
    session.probe?.(() => tell('answered'));
    return tell('asked');
  }
  if (order === 'suspend') {
    session.hangUp(1, { keepSession: true });
    return process.disconnect();
  }
  await session.close();
  // The pipe to the parent stays until the next line; an Immediate is over by the next turn.
  tell(
    'closed',
    process.getActiveResourcesInfo().filter((resource) => !/Pipe|TTY|Immediate/.test(resource)),
  );
  process.disconnect();
});
