import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';
import type { Route } from './route.ts';

export type Handshaken =
  | {
      readonly kind: 'done';
      /** Why the certificate is not accepted, `null` when it is. */
      readonly problem: string | null;
      readonly names: string;
      readonly until: string;
      readonly protocol: string;
    }
  /** What answers is not TLS. */
  | { readonly kind: 'plain' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'silent' };

/** A TLS handshake that goes through with any certificate, so that one can tell what is wrong with it. Nothing is sent. */
export function shakeHands({ address, port, hostname, ca, timeout, signal }: Route): Promise<Handshaken> {
  return new Promise((resolve) => {
    const socket = connect({
      host: address,
      port,
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
      // The name is checked below, with the words of what is wrong.
      checkServerIdentity: () => undefined,
      ...(ca !== undefined && { ca: [...ca] }),
      ...(isIP(hostname) === 0 && { servername: hostname }),
    });
    const settle = (handshaken: Handshaken) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      resolve(handshaken);
    };
    const stop = () => settle({ kind: 'silent' });
    const timer = setTimeout(stop, timeout);
    signal.addEventListener('abort', stop);
    socket.on('error', (error: NodeJS.ErrnoException) => settle(failed(error)));
    socket.on('close', () => settle({ kind: 'failed', why: 'a closed connection' }));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      // Node leaves the code here, whatever its types say.
      const chain = socket.authorized ? null : codeOf(socket.authorizationError);
      settle({
        kind: 'done',
        problem: chain ?? identityOf(hostname, certificate),
        names: namesOf(certificate),
        until: certificate.valid_to ?? 'unknown',
        protocol: socket.getProtocol() ?? 'TLS',
      });
    });
  });
}

function failed({ code = 'an error', message }: NodeJS.ErrnoException): Handshaken {
  // Words of OpenSSL 3 and of OpenSSL 1.1 for bytes that are no TLS record.
  const isPlain = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE/.test(code);
  if (isPlain || /wrong version number|packet length too long|http request/i.test(message))
    return { kind: 'plain' };
  return { kind: 'failed', why: code };
}

function codeOf(problem: unknown): string {
  if (typeof problem === 'string') return problem;
  const { code } = problem as { code?: unknown };
  return typeof code === 'string' ? code : 'UNKNOWN';
}

function identityOf(hostname: string, certificate: PeerCertificate): string | null {
  const error = checkServerIdentity(hostname, certificate) as NodeJS.ErrnoException | undefined;
  return error === undefined ? null : (error.code ?? 'ERR_TLS_CERT_ALTNAME_INVALID');
}

function namesOf({ subjectaltname, subject }: PeerCertificate): string {
  const names = (subjectaltname ?? '').replace(/\b(DNS|IP Address):/g, '');
  return names || String(subject?.CN ?? '');
}
