import { classifySocketIo } from '../../../../machines/verdict.ts';
import { type Check, type Finding, fault, ok } from '../check.ts';

/** Whether the server accepts us, judged as the library judges a refusal. */
export const credential: Check = {
  id: 'credential',
  asks: 'Does the server accept the connection, with the token if one was given?',
  needs: ['knows', 'token'],
  gives: ['session'],
  run({ knows, token }, { quote }): Finding {
    const given = token === null ? 'without a token' : 'with the token';
    if ('session' in knows)
      return ok(`the server accepts the connection ${given}`, { gives: { session: knows.session } });
    const { message, data } = knows;
    const { kind } = classifySocketIo({ during: 'refused', message, data });
    const code = codeOf(data);
    const said = `the server refuses ${given}: "${quote(message)}"${code === '' ? '' : ` (${quote(code)})`}`;
    if (kind === 'busy') return fault('busy', said);
    if (kind !== 'credential' && kind !== 'forbidden') return fault('connect-refused', said);
    return fault(token === null ? 'credential-missing' : 'credential-refused', said);
  },
};

function codeOf(data: unknown): string {
  const { code } = (data ?? {}) as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? `code ${code}` : '';
}
