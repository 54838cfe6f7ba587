import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import { judgeTransports } from '../judge-transports.ts';

/** Polling against WebSocket: which of them get through, and who stops the other. */
export const transports: Check = {
  id: 'transports',
  asks: 'Do both transports get through, polling and WebSocket; and if not, is that meant by the server?',
  needs: ['greeted', 'spoken'],
  gives: ['way'],
  run({ greeted }, { quote }): Finding {
    const { code, text, cure, transport, polling } = judgeTransports(greeted);
    const more = {
      ...(transport !== null && { gives: { way: { transport, polling } } }),
      ...(cure !== undefined && { cure }),
    };
    if (code === null) return ok(quote(text), more);
    return code === 'polling-blocked' ? warning(code, quote(text), more) : fault(code, quote(text), more);
  },
};
