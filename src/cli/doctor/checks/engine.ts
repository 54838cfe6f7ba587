import { type Check, fault, ok } from '../check.ts';
import { readOpening } from '../wire/handshake.ts';
import { ask } from '../wire/request.ts';
import { enginePath } from '../wire/session.ts';

/** The version of the protocol, and whether old clients are taken too. */
export const engine: Check = {
  id: 'engine',
  asks: 'Which version of the protocol does the server speak, and does it take clients of Socket.IO 2 as well?',
  needs: ['target', 'route', 'greeted'],
  gives: ['spoken', 'handshake'],
  async run({ target, route, greeted }) {
    const opened = [greeted.polling, greeted.websocket].map(({ opening }) => opening);
    const open = opened.find((opening) => opening.kind === 'open');
    // Transport unknown, by either: the check of the transports tells which one is left.
    if (open === undefined)
      return ok('Engine.IO answers; which version is not known before a handshake', { gives: { spoken: 4 } });
    if (opened.some((opening) => opening.kind === 'open' && opening.version === 3))
      return fault('engine-version-3', 'the server answers in Engine.IO 3, which is Socket.IO 2');
    const byOld = await ask(route, { path: enginePath(target.asked, 'polling', undefined, 3) });
    const old = byOld.kind === 'answer' ? readOpening(byOld.body) : ({ kind: 'other' } as const);
    if (old.kind === 'open') {
      const path = enginePath(target.asked, 'polling', old.handshake.sid, old.version);
      void ask(route, { path, method: 'POST', body: old.version === 3 ? '1:1' : '1' });
    }
    const takesOld = old.kind === 'open' && old.version === 3;
    return ok(`Engine.IO 4; clients of Socket.IO 2 are ${takesOld ? 'taken too' : 'not taken'}`, {
      gives: { spoken: 4, handshake: open.handshake },
    });
  },
};
