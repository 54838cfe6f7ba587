import type { Check } from './check.ts';
import { ack } from './checks/ack.ts';
import { client } from './checks/client.ts';
import { cors } from './checks/cors.ts';
import { credential } from './checks/credential.ts';
import { dns } from './checks/dns.ts';
import { engine } from './checks/engine.ts';
import { heartbeat } from './checks/heartbeat.ts';
import { http } from './checks/http.ts';
import { namespace } from './checks/namespace.ts';
import { sticky } from './checks/sticky.ts';
import { tcp } from './checks/tcp.ts';
import { tls } from './checks/tls.ts';
import { token } from './checks/token.ts';
import { transports } from './checks/transports.ts';
import { url } from './checks/url.ts';

/** From the outside in: each builds on what those before it found. */
export const checks: readonly Check[] = [
  url,
  token,
  dns,
  tcp,
  tls,
  http,
  engine,
  transports,
  cors,
  sticky,
  namespace,
  credential,
  ack,
  heartbeat,
  client,
];
