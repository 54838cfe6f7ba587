import { Secret } from '../../../secret.ts';
import { type Check, fault, ok, skipped } from '../check.ts';
import { runTokenCommand } from '../token-command.ts';

/**
 * The credential, from the command line or from a command. Asked for before the first word is exchanged with a server:
 * whatever one says from then on, the token in it is known, and not shown.
 */
export const token: Check = {
  id: 'token',
  asks: 'Does `--token-command` print a token?',
  needs: ['target'],
  gives: ['token'],
  async run(_, { settings, signal, keepSecret }) {
    if (settings.token !== null)
      return skipped('not needed: the token is given', { token: new Secret(settings.token) });
    if (settings.tokenCommand === null) return skipped('not asked: no token was given', { token: null });
    const outcome = await runTokenCommand(settings.tokenCommand, settings.timeout, signal);
    if ('problem' in outcome) return fault('token-command-failed', outcome.problem);
    keepSecret(outcome.token.expose());
    return ok('the command printed a token', { gives: { token: outcome.token } });
  },
};
