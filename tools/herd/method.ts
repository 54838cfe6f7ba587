import type { Kept } from '../../bench/herd/kept.ts';
import { table } from '../table.ts';

/** How the simulation works, and whom it compares. */
export function method(kept: Kept): string[] {
  return [
    '## Method',
    'A simulation in virtual time (`bench/herd/`): every client follows its own schedule, and every packet takes its time. ' +
      'For holdfast that is the policy and the classifier of the product itself, nothing copied; the server’s slots and ' +
      'goodbyes are those of `holdfast/server` too.',
    peers,
    [
      'What is assumed about the rest:',
      '- A crash is noticed at once, by everybody: the system resets the connections of a process that died.',
      '- Each packet takes between 10 and 50 ms, drawn anew: also the no of a machine that listens to nobody.',
      '- A handshake takes 50 ms from its arrival until the client is back.',
      '- Whoever an over-full server has no room for is turned away at once, at no cost. Real servers are not that lucky: ' +
        'what is turned away costs them, so a high peak is worse than it looks here.',
      '- A server with room for all in 10 s takes a tenth of the clients a second, and a quarter of a second’s worth at one ' +
        'moment after a quiet time.',
    ].join('\n'),
    'Words: the **peak** is the most handshakes that reach the server within any second, as a share of the clients; it is ' +
      'above 100 % where some come several times. **Handshakes** are those of a client that reached the server, on average; ' +
      '**attempts** also count those that met nobody. Times run from the moment the server listens again.',
    `The run that is kept: ${kept.clients.toLocaleString('en')} clients, seed ${kept.seed}. To repeat it takes some ` +
      'minutes; fewer clients give the same figures to about 1 %:',
    '```sh\nnpm run bench -- herd --keep                # a million clients\n' +
      'npm run bench -- herd --clients 100000      # a tenth of them\n```',
  ];
}

const peers = table(
  ['client', 'version', 'what it waits', 'read in'],
  [
    [
      'socket.io-client',
      '4.8.4',
      '1 s × 2 up to 5 s, each ± half of itself; at 5 s hardly any spread is left',
      '`duration()` of `lib/contrib/backo2.ts`, defaults of `lib/manager.ts`; held to the millisecond against the real one by a test',
    ],
    [
      'Ably',
      '2.28.0',
      'at once, then 15 s stretched by the count up to 30 s, less up to a fifth; after two minutes every 30 s, without a spread',
      '`notifyState()` of `connectionmanager.ts`, `getRetryTime()` of `utils.ts`',
    ],
    [
      'Phoenix',
      '1.8.16',
      'a ladder without chance: 10, 50, 100, 150, 200, 250, 500 ms, 1, 2, then 5 s',
      '`reconnectAfterMs` of `assets/js/phoenix/socket.js`',
    ],
    [
      'Centrifuge',
      '5.8.0',
      '0.5 s and full jitter on top, × 2 up to 20 s',
      '`backoff()`, with its default delays',
    ],
    [
      'holdfast',
      'this one',
      'full jitter for the first two, then at least half of the bound ([RE-1](spec.md))',
      '`machines/policy.ts`, used as it is',
    ],
  ],
);
