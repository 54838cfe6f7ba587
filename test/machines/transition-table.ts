/**
 * What each event does in each state, written by hand from docs/spec.md: it is not made from the machine, and must not be.
 *
 * `.` stays, and remembers nothing but the world · `-` cannot happen · `idle` `failed` `exhausted` `waiting` `offline`
 * `unproven` `proven` name states · `start` is a new attempt of `authenticating` · `again` a new attempt where it is ·
 * `now` a new attempt of `reconnecting` · `hand` the handshake and `dead` the failed dial of the same attempt.
 * What depends on more than the state has a word of its own in `transition-words.ts`: `later`, `repair`, `restart`…
 */
const table = `
clauses    | event                     | idle  | a.cred  | a.dead  | a.hand    | unproven  | proven    | waiting | offline | suspended | r.cred  | r.dead  | r.hand    | failed | exhausted
LC-2       | connect                   | start | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | start  | start
LC-2       | connect as before         | start | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | start  | start
ID-1       | connect as another        | start | start   | start   | start     | start     | start     | start   | start   | start     | start   | start   | start     | start  | start
LC-4       | disconnect                | .     | idle    | idle    | idle      | idle      | idle      | idle    | idle    | idle      | idle    | idle    | idle      | idle   | idle
RE-4, LC-8 | retry                     | back  | .       | .       | .         | .         | .         | now     | now     | now       | .       | .       | .         | start  | start
CR-8       | credential changed        | .     | restart | restart | restart   | .         | .         | mends   | offline | suspended | restart | restart | restart   | start  | .
ID-1       | sign out                  | idle  | idle    | idle    | idle      | idle      | idle      | idle    | idle    | idle      | idle    | idle    | idle      | idle   | idle
LC-10      | dispose                   | gone  | gone    | gone    | gone      | gone      | gone      | gone    | gone    | gone      | gone    | gone    | gone      | gone   | gone

LC-3, CR-3 | granted                   | .     | hand    | said    | .         | .         | .         | .       | .       | .         | hand    | said    | .         | .      | .
CR-3       | granted, slowly           | .     | hand    | said    | .         | .         | .         | .       | .       | .         | hand    | said    | .         | .      | .
CR-6       | granted the refused one   | .     | repair  | repair  | .         | .         | .         | .       | .       | .         | repair  | repair  | .         | .      | .
CR-3, LC-9 | nobody signed in          | .     | failed  | failed  | .         | .         | .         | .       | .       | .         | failed  | failed  | .         | .      | .
CR-3       | unavailable               | .     | later   | end     | .         | .         | .         | .       | .       | .         | later   | end     | .         | .      | .
CR-3, RE-2 | unavailable, long         | .     | later   | end     | .         | .         | .         | .       | .       | .         | later   | end     | .         | .      | .

LC-5       | opened                    | .     | .       | .       | unproven  | .         | .         | .       | .       | .         | .       | .       | unproven  | .      | .
CR-6       | no: credential, now       | .     | dead    | .       | repair    | .         | .         | .       | .       | .         | dead    | .       | repair    | .      | .
CR-6       | no: credential, backoff   | .     | dead    | .       | repair    | .         | .         | .       | .       | .         | dead    | .       | repair    | .      | .
RE-9       | no: credential, never     | .     | dead    | .       | failed    | .         | .         | .       | .       | .         | dead    | .       | failed    | .      | .
CR-7       | no: forbidden, never      | .     | dead    | .       | failed    | .         | .         | .       | .       | .         | dead    | .       | failed    | .      | .
RE-9       | no: forbidden, backoff    | .     | dead    | .       | later     | .         | .         | .       | .       | .         | dead    | .       | later     | .      | .
RE-7       | no: superseded, never     | .     | dead    | .       | idle      | .         | .         | .       | .       | .         | dead    | .       | idle      | .      | .
RE-7       | no: superseded, backoff   | .     | dead    | .       | idle      | .         | .         | .       | .       | .         | dead    | .       | idle      | .      | .
LC-6       | no: network, now          | .     | dead    | .       | later     | .         | .         | .       | .       | .         | dead    | .       | later     | .      | .
LC-6, LC-8 | no: network, backoff      | .     | dead    | .       | later     | .         | .         | .       | .       | .         | dead    | .       | later     | .      | .
RE-9       | no: network, never        | .     | dead    | .       | exhausted | .         | .         | .       | .       | .         | dead    | .       | exhausted | .      | .
RE-2       | no: busy, long            | .     | dead    | .       | later     | .         | .         | .       | .       | .         | dead    | .       | later     | .      | .
RE-9       | no: server, refresh       | .     | dead    | .       | later     | .         | .         | .       | .       | .         | dead    | .       | later     | .      | .
RE-3       | no, backoff gives up      | .     | dead    | .       | give up   | .         | .         | .       | .       | .         | dead    | .       | give up   | .      | .

RE-7       | lost: credential, now     | .     | .       | .       | .         | at once   | at once   | .       | .       | .         | .       | .       | .         | .      | .
RE-9       | lost: credential, backoff | .     | .       | .       | .         | later     | later     | .       | .       | .         | .       | .       | .         | .      | .
RE-9       | lost: credential, never   | .     | .       | .       | .         | failed    | failed    | .       | .       | .         | .       | .       | .         | .      | .
RE-7       | lost: forbidden, never    | .     | .       | .       | .         | failed    | failed    | .       | .       | .         | .       | .       | .         | .      | .
RE-9       | lost: forbidden, backoff  | .     | .       | .       | .         | later     | later     | .       | .       | .         | .       | .       | .         | .      | .
RE-7       | lost: superseded, never   | .     | .       | .       | .         | idle      | idle      | .       | .       | .         | .       | .       | .         | .      | .
RE-7       | lost: superseded, backoff | .     | .       | .       | .         | idle      | idle      | .       | .       | .         | .       | .       | .         | .      | .
RE-9       | lost: network, now        | .     | .       | .       | .         | at once   | at once   | .       | .       | .         | .       | .       | .         | .      | .
LC-6, LC-7 | lost: network, backoff    | .     | .       | .       | .         | later     | later     | .       | .       | .         | .       | .       | .         | .      | .
RE-9       | lost: network, never      | .     | .       | .       | .         | exhausted | exhausted | .       | .       | .         | .       | .       | .         | .      | .
RE-7, RE-2 | lost: busy, long          | .     | .       | .       | .         | later     | later     | .       | .       | .         | .       | .       | .         | .      | .
RE-7       | lost: server, refresh     | .     | .       | .       | .         | later     | later     | .       | .       | .         | .       | .       | .         | .      | .
RE-3       | lost, backoff gives up    | .     | .       | .       | .         | give up   | give up   | .       | .       | .         | .       | .       | .         | .      | .

LK-2, CR-5 | of an older attempt       | .     | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | .      | .
SY-1       | of restoring               | .     | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | .      | .
CR-9       | of a renewal               | .     | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | .      | .

RE-5, LC-8 | online                    | .     | .       | .       | .         | .         | .         | .       | waiting | .         | .       | .       | .         | .      | resume
RE-5       | offline                   | .     | .       | .       | .         | .         | .         | offline | .       | .         | .       | .       | .         | .      | .
LC-8       | visible                   | .     | .       | .       | .         | .         | .         | .       | .       | return    | .       | .       | .         | .      | resume
RE-6       | visible, overdue          | -     | -       | -       | -         | -         | -         | now     | -       | -         | -       | -       | -         | -      | -
LC-3       | hidden                    | .     | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | .      | .
LC-3       | frozen                    | .     | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | .      | .
LC-3       | resumed                   | .     | .       | .       | .         | .         | .         | .       | .       | return    | .       | .       | .         | .      | .
RE-6       | resumed, overdue          | -     | -       | -       | -         | -         | -         | now     | -       | -         | -       | -       | -         | -      | -
EN-3       | suspended                 | .     | .       | .       | .         | suspended | suspended | .       | .       | .         | .       | .       | .         | .      | .

EN-2       | alive                     | .     | .       | .       | .         | .         | .         | .       | .       | .         | .       | .       | .         | .      | .
RM-3       | a ghost                   | .     | .       | .       | .         | ghost     | ghost     | .       | .       | .         | .       | .       | .         | .      | .

CR-4       | no credential in time     | -     | later   | end     | -         | -         | -         | -       | -       | -         | later   | end     | -         | -      | -
RE-8       | no answer in time         | -     | -       | -       | later     | -         | -         | -       | -       | -         | -       | -       | later     | -      | -
LC-7       | held for a while          | -     | -       | -       | -         | proven    | -         | -       | -       | -         | -       | -       | -         | -      | -
RE-1, LC-8 | the wait is over          | -     | -       | -       | -         | -         | -         | due     | -       | -         | -       | -       | -         | -      | -
EN-2       | no sign of life in time   | -     | -       | -       | -         | .         | .         | -       | -       | -         | -       | -       | -         | -      | -
EN-2       | no last word in time      | -     | -       | -       | -         | later     | later     | -       | -       | -         | -       | -       | -         | -      | -
`;

/** The states that the columns stand for. */
export const columns: Readonly<Record<string, string>> = {
  idle: 'idle',
  'a.cred': 'authenticating.credential.dialing',
  'a.dead': 'authenticating.credential.dialFailed',
  'a.hand': 'authenticating.handshake',
  unproven: 'connected.unproven',
  proven: 'connected.proven',
  waiting: 'reconnecting.waiting',
  offline: 'reconnecting.offline',
  suspended: 'reconnecting.suspended',
  'r.cred': 'reconnecting.credential.dialing',
  'r.dead': 'reconnecting.credential.dialFailed',
  'r.hand': 'reconnecting.handshake',
  failed: 'auth-failed',
  exhausted: 'exhausted',
};

export interface Row {
  readonly clauses: string;
  readonly event: string;
  /** By the path of the state: what happens there. */
  readonly cells: Readonly<Record<string, string>>;
}

export const rows: readonly Row[] = read(table);

function read(text: string): Row[] {
  const [head = [], ...body] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const paths = head.slice(2).map((name) => columns[name] ?? name);
  return body.map(([clauses = '', event = '', ...cells]) => ({
    clauses,
    event,
    cells: Object.fromEntries(paths.map((path, index) => [path, cells[index] ?? ''])),
  }));
}
