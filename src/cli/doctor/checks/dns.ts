import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Check, fault, ok, skipped } from '../check.ts';
import { within } from '../within.ts';

/** The addresses of the host, as every program on this machine gets them. */
export const dns: Check = {
  id: 'dns',
  asks: 'Is the host name known, and to which addresses does it lead?',
  needs: ['target'],
  gives: ['addresses'],
  async run({ target: { hostname } }, { settings, signal }) {
    if (isIP(hostname) !== 0)
      return skipped(`not needed: ${hostname} is an address`, { addresses: [hostname] });
    const found = await within(
      settings.timeout,
      signal,
      lookup(hostname, { all: true, verbatim: true }).catch(codeOf),
    );
    if (found === undefined) return fault('dns-unavailable', `looking up ${hostname} took too long`);
    if (typeof found === 'string') {
      // NXDOMAIN, or a name without an address.
      if (found === 'ENOTFOUND') return fault('host-unknown', `there is no host ${hostname}`);
      return fault('dns-unavailable', `${hostname} could not be looked up (${found})`);
    }
    const addresses = [...new Set(found.map(({ address }) => address))];
    if (addresses.length === 0) return fault('host-unknown', `${hostname} has no address`);
    return ok(`${hostname} is ${addresses.slice(0, 4).join(', ')}`, { gives: { addresses } });
  },
};

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'unknown error';
}
