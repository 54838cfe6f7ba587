import { readFileSync } from 'node:fs';
import * as nodeTls from 'node:tls';
import { type Check, type Context, type Finding, fault, ok, skipped } from '../check.ts';
import type { FaultCode } from '../faults.ts';
import type { Route } from '../wire/route.ts';
import { type Handshaken, shakeHands } from '../wire/tls.ts';

/** Whether the certificate is good for this name, and for whom it is when not. */
export const tls: Check = {
  id: 'tls',
  asks: 'Does the port speak TLS, with a certificate that is valid, trusted, and for this host?',
  needs: ['target', 'open'],
  gives: ['route'],
  async run({ target, open }, context) {
    if (!target.secure) return skipped('not needed: the URL is not one of https or wss', { route: open });
    const route = trusting(open, context.settings.ca);
    return judge(await shakeHands(route), route, context);
  },
};

function judge(handshaken: Handshaken, route: Route, { quote, settings }: Context): Finding {
  switch (handshaken.kind) {
    case 'silent':
      return fault('tls-silent', `no answer to the TLS handshake within ${settings.timeout / 1000} s`);
    case 'plain':
      return fault('tls-not-spoken', 'the port answers something that is not TLS');
    case 'failed':
      return fault('tls-failed', `the handshake ended with ${quote(handshaken.why)}`);
    case 'done':
      break;
  }
  const { problem, names, until, protocol } = handshaken;
  const certificate = `for ${quote(names) || 'no name'}, until ${quote(until)}`;
  if (problem === null) return ok(`${protocol}, certificate ${certificate}`, { gives: { route } });
  const code = codes[problem] ?? 'tls-rejected';
  const wanted = code === 'tls-wrong-host' ? `, not for ${route.hostname}` : '';
  return fault(code, `${problem}: the certificate is ${certificate}${wanted}`);
}

/** OpenSSL's words for what is wrong with a certificate. */
const codes: Readonly<Record<string, FaultCode>> = {
  CERT_HAS_EXPIRED: 'tls-expired',
  CERT_NOT_YET_VALID: 'tls-not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-wrong-host',
};

function trusting(route: Route, ca: string | null): Route {
  return ca === null ? route : { ...route, ca: [...knownAuthorities(), ca] };
}

/** A list of one's own replaces Node's, so that it must hold what Node trusts by itself. */
function knownAuthorities(): readonly string[] {
  // Newer versions of Node tell theirs, with NODE_EXTRA_CA_CERTS in it.
  const { getCACertificates } = nodeTls as { getCACertificates?: (type: 'default') => string[] };
  if (getCACertificates !== undefined) return getCACertificates('default');
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  try {
    return file ? [...nodeTls.rootCertificates, readFileSync(file, 'utf8')] : nodeTls.rootCertificates;
  } catch {
    // As Node does: it warns of one that it cannot read, and goes on.
    return nodeTls.rootCertificates;
  }
}
