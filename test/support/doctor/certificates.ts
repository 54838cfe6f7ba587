import type { SecureVersion } from 'node:tls';
import { generate } from 'selfsigned';

export interface Pair {
  readonly cert: string;
  readonly key: string;
  /** Of the server that has it. */
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly ciphers?: string;
}

const day = 86_400_000;

/** An authority that signs for one test run; whoever is given its certificate trusts it. */
export async function makeAuthority(): Promise<Pair> {
  return pairOf(
    await generate([{ name: 'commonName', value: 'An authority of these tests' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notBeforeDate: new Date(Date.now() - 30 * day),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      ],
    }),
  );
}

interface Wanted {
  /** Signs it; none given, it signs itself. */
  readonly authority?: Pair;
  readonly host?: string;
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
}

export async function makeCertificate(wanted: Wanted = {}): Promise<Pair> {
  const { authority, host = '127.0.0.1', from = -1, to = 30 } = wanted;
  const isAddress = /^[\d.]+$/.test(host);
  return pairOf(
    await generate([{ name: 'commonName', value: host }], {
      keyType: 'ec',
      algorithm: 'sha256',
      notBeforeDate: new Date(Date.now() + from * day),
      notAfterDate: new Date(Date.now() + to * day),
      ...(authority !== undefined && { ca: authority }),
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [isAddress ? { type: 7, ip: host } : { type: 2, value: host }] },
      ],
    }),
  );
}

function pairOf({ cert, private: key }: { cert: string; private: string }): Pair {
  return { cert, key };
}
