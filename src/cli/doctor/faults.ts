/** Every code of the doctor: what it means, and what to do. docs/doctor.md is made from this table. */
export const faults = {
  'url-invalid': {
    cause: 'This is not the address of a Socket.IO server.',
    cure: 'Write scheme, host and port, such as https://api.example.com or http://localhost:3000.',
  },
  'url-no-scheme': {
    cause: 'The URL does not say how to talk: the scheme is missing.',
    cure: 'Put http:// or https:// in front of it.',
  },
  'url-scheme': {
    cause: 'The URL has a scheme that Socket.IO does not speak.',
    cure: 'Write it with https://, or with http:// where nothing is encrypted.',
  },
  'url-credentials': {
    cause: 'There is a user name or password in the URL. Socket.IO sends neither, and they end up in logs.',
    cure: 'Take them out of the URL, and give the credential to the `credential` option (here: `--token-command`).',
  },
  'url-websocket-path': {
    cause:
      'A ws:// URL with a path is how a native WebSocket client addresses a server. Socket.IO reads that path as a namespace.',
    cure: 'Give the mount point as the option `path` (here: `--path`); if you do mean a namespace, write the URL with http:// or https://.',
  },
  'url-mount': {
    cause: 'The path of the URL is the mount point of the server. socket.io-client reads it as a namespace.',
    cure: 'Leave it out of the URL; a mount point other than /socket.io goes into the option `path` (here: `--path`).',
  },
  'url-websocket': {
    cause: 'The URL has the scheme of a native WebSocket.',
    cure: 'Nothing has to be done for Socket.IO clients, who take ws:// for http:// and wss:// for https://. But `new WebSocket(url)` cannot talk to Socket.IO: use socket.io-client or holdfast.',
  },
  'host-unknown': {
    cause: 'No such host name is known.',
    cure: 'Check its spelling, and whether it is known only inside a VPN, a cluster or a container network.',
  },
  'dns-unavailable': {
    cause: 'The host name could not be looked up, because no name server answered.',
    cure: 'Check the network of this machine and its name servers (/etc/resolv.conf), then try again.',
  },
  'port-closed': {
    cause: 'The host is there, but nothing listens on that port.',
    cure: 'Start the server, or correct the port. In a container the server must listen on 0.0.0.0, and the port must be published.',
  },
  'wrong-loopback': {
    cause:
      'Something listens on that port, but on the other loopback address: 127.0.0.1 and ::1 are two addresses.',
    cure: 'Use the address that the finding names, or let the server listen on all: `server.listen(port)` without a host.',
  },
  'address-refused': {
    cause: 'The host has several addresses, and not all of them take connections.',
    cure: 'Let the server listen on all of them (`server.listen(port)` without a host), or take the dead ones out of the DNS. Clients that try only the first address fail otherwise; Node before version 20 does.',
  },
  'host-unreachable': {
    cause: 'There is no way to that address.',
    cure: 'Check the address, the VPN, and whether this machine has IPv6 if it is one of that kind.',
  },
  'tcp-silent': {
    cause: 'Nothing answers at that address: no connection, and no refusal either.',
    cure: 'A firewall or a security group drops the packets, or the host is down: let the port pass, and check the address.',
  },
  'tls-not-spoken': {
    cause: 'The URL says https://, but the port does not speak TLS.',
    cure: 'Write http://, or use the port on which TLS is served.',
  },
  'tls-expected': {
    cause: 'The URL says http://, but the port speaks TLS.',
    cure: 'Write https:// (or wss://).',
  },
  'tls-expired': {
    cause: 'The certificate of the server has run out.',
    cure: 'Renew it, and see why that was not done by itself: reload the server or proxy after each renewal.',
  },
  'tls-not-yet-valid': {
    cause: 'The certificate of the server is not valid yet.',
    cure: 'Check the clock of this machine; if it is right, issue the certificate anew.',
  },
  'tls-self-signed': {
    cause: 'The certificate of the server is signed by itself, so that nobody vouches for it.',
    cure: 'Use one of a public authority. For a private one, let the clients trust it: `--ca FILE` here, NODE_EXTRA_CA_CERTS=FILE for Node, the trust store of the system for browsers.',
  },
  'tls-untrusted': {
    cause:
      'The certificate of the server was issued by an authority that is not trusted here, or the chain to it is not complete.',
    cure: 'Let the server send the intermediate certificates too (nginx: `ssl_certificate` with the full chain). For a private authority: `--ca FILE` here, NODE_EXTRA_CA_CERTS=FILE for Node.',
  },
  'tls-wrong-host': {
    cause: 'The certificate of the server is for other host names.',
    cure: 'Use a name that the certificate has, or issue one for this name. A balancer may choose the wrong one: check its SNI settings.',
  },
  'tls-rejected': {
    cause: 'The certificate of the server was not accepted.',
    cure: 'See the reason in the finding, and issue the certificate anew.',
  },
  'tls-failed': {
    cause: 'The TLS handshake failed.',
    cure: 'Check which TLS versions and ciphers the server offers (1.2 and 1.3 serve), and whether it demands a certificate of the client.',
  },
  'tls-silent': {
    cause: 'The port takes connections, but does not answer the TLS handshake.',
    cure: 'Check that the port is the one of the TLS server, and that the process behind it is alive.',
  },
  silent: {
    cause: 'The port takes connections, but nothing answers, neither to HTTP nor to a WebSocket.',
    cure: 'The process hangs, the port belongs to something else, or nothing handles this path. Look at the log of the server, and check port and `path`.',
  },
  closed: {
    cause: 'The port takes connections and closes them without an answer.',
    cure: 'A proxy or balancer has nothing behind it, or the port belongs to something else. Look at its log, and check the port.',
  },
  'not-http': {
    cause: 'What answers on this port does not speak HTTP.',
    cure: 'Check the port: this one belongs to another service.',
  },
  redirect: {
    cause: 'The server sends clients to another address, and WebSocket clients follow no redirect.',
    cure: 'Use the address that the finding names in the URL of the client.',
  },
  'redirect-loop': {
    cause: 'The server redirects in a circle.',
    cure: 'Correct the rule in the proxy. Behind a proxy that ends TLS, the app may take every request for http: send it X-Forwarded-Proto.',
  },
  'html-answer': {
    cause:
      'A web page answers where Socket.IO should: a single-page app, or the fallback of a static file server, takes every path.',
    cure: 'Let the path of Socket.IO through to the server before the fallback. nginx: `location /socket.io/ { proxy_pass http://your-server; … }` beside `try_files`.',
  },
  'wrong-path': {
    cause: 'Socket.IO is there, but on another path.',
    cure: 'Set the option `path` to the one that the finding names, or mount the server where the client looks.',
  },
  'path-not-found': {
    cause: 'The server answers HTTP 404: there is no Socket.IO on this path, nor on any usual one.',
    cure: 'Check host and port; find the `path` that the server gives to Socket.IO, and whether a proxy takes a part of it away (nginx: `proxy_pass http://host/;` with a slash at its end does).',
  },
  'plain-websocket': {
    cause: 'This is a WebSocket server, but not one of Socket.IO.',
    cure: 'Talk to it with `new WebSocket(url)`, or run Socket.IO on the server. Socket.IO has a protocol of its own inside of WebSocket: neither side understands the other.',
  },
  'bare-engine': {
    cause: 'The server speaks Engine.IO, the layer below, but not Socket.IO.',
    cure: 'Talk to it with engine.io-client, or run Socket.IO on the server: `new Server(httpServer)` of `socket.io`.',
  },
  'not-socket-io': {
    cause: 'An HTTP server answers, but not Socket.IO.',
    cure: 'Check host, port and `path`: this one belongs to something else, or Socket.IO is not attached to this HTTP server (an Express app must be listened to by the server that Socket.IO has, not by `app.listen`).',
  },
  'http-unauthorized': {
    cause:
      'Something before Socket.IO wants credentials by HTTP (401): a proxy, or middleware of the engine.',
    cure: 'Let the path of Socket.IO pass there, and check credentials in `io.use`, where a refusal reaches the client with its reason.',
  },
  'http-forbidden': {
    cause:
      'Something before Socket.IO refuses the request (403): a proxy, a firewall for the web, an allow list.',
    cure: 'Let the path of Socket.IO pass there. Look at the log of the proxy for the rule.',
  },
  'http-busy': {
    cause: 'The server or a proxy turns requests away for the moment (429 or 503).',
    cure: 'Wait, then see which limit it is: each polling client makes many requests, so rates must be generous on this path.',
  },
  'proxy-no-upstream': {
    cause: 'A proxy answers that it cannot reach the server behind it (502).',
    cure: 'Check that the server runs, and that the proxy has its right host and port. In a container, localhost is the container itself.',
  },
  'proxy-timeout': {
    cause: 'A proxy answers that the server behind it did not answer in time (504).',
    cure: 'Look whether the server hangs, and whether it answers on this path at all.',
  },
  'http-error': {
    cause: 'The server failed on the request (5xx).',
    cure: 'Look at its log at this moment.',
  },
  'request-refused': {
    cause: 'The server itself refuses the request before any handshake: its `allowRequest` says no.',
    cure: 'See what `allowRequest` asks for (origin, cookie, header). Check credentials in `io.use` instead, where a refusal reaches the client with its reason.',
  },
  'engine-refused': {
    cause: 'Engine.IO answers, but refuses the first request.',
    cure: 'Its words are in the finding. A proxy that changes the query or the method is the usual cause.',
  },
  'engine-version-3': {
    cause:
      'The server is one of Socket.IO 2 (Engine.IO protocol 3). Clients of version 3 and 4 cannot talk to it.',
    cure: 'Update the server to Socket.IO 4, with `allowEIO3: true` as long as old clients are about; or use socket.io-client 2.',
  },
  'engine-version': {
    cause: 'The server does not take clients of this version of the protocol (Engine.IO 4).',
    cure: 'Bring server and client to the same major version of Socket.IO: 3 and 4 understand each other, 2 does not.',
  },
  'handshake-invalid': {
    cause: 'The answer begins like a handshake of Engine.IO, but cannot be one.',
    cure: 'Something on the way changes answers, or the server is not what it seems to be: compare with a request past the proxy.',
  },
  'upgrade-dropped': {
    cause: 'A proxy on the way drops the request for a WebSocket: the server got it as plain HTTP.',
    cure: 'nginx: `proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";` in the location of Socket.IO. Other proxies have a switch for WebSocket.',
  },
  'websocket-blocked': {
    cause: 'WebSocket does not get through to Socket.IO.',
    cure: 'Let the path pass with WebSocket in every proxy, balancer and firewall on the way. Until then, clients need `transports: ["polling"]` and the server sticky sessions.',
  },
  'polling-blocked': {
    cause: 'WebSocket works, but HTTP polling does not.',
    cure: 'holdfast needs no polling. Clients that begin with it (the default of socket.io-client) fail: give them `transports: ["websocket"]`, or let GET and POST pass on this path.',
  },
  'post-refused': {
    cause: 'GET passes on this path, but POST does not: polling can receive and not send.',
    cure: 'Let POST pass in the proxy or firewall, body included; or use WebSocket alone.',
  },
  'cors-missing': {
    cause: 'Browsers on that origin may not read the answers: there is no Access-Control-Allow-Origin.',
    cure: 'On the server: `new Server(httpServer, { cors: { origin: "THE-ORIGIN" } })`. Or use WebSocket alone, to which CORS does not apply.',
  },
  'cors-origin': {
    cause: 'The server allows another origin than this one.',
    cure: 'Add the origin to `cors.origin` of the server: scheme, host and port must be the same to the letter, without a slash at the end.',
  },
  'cors-twice': {
    cause: 'Access-Control-Allow-Origin stands twice in the answer, and browsers refuse that.',
    cure: 'Set CORS in one place only: either in Socket.IO (`cors`) or in the proxy (`add_header`).',
  },
  'cors-credentials': {
    cause: 'The server does not allow credentials (cookies) to that origin.',
    cure: 'On the server: `cors: { origin: "THE-ORIGIN", credentials: true }`; with credentials, `*` is no origin.',
  },
  'cors-preflight': {
    cause: 'The question before the request (OPTIONS) is not answered as browsers want it.',
    cure: 'Only clients with `extraHeaders` ask it. Let OPTIONS pass to Socket.IO, and list the headers in `cors.allowedHeaders`.',
  },
  'origin-refused': {
    cause: 'The server or a proxy turns requests away that come from that origin.',
    cure: 'Add the origin to whatever checks it: `allowRequest` of the server, or a rule of the proxy.',
  },
  'not-sticky': {
    cause:
      'Requests of one session reach different nodes, and the others do not know it ("Session ID unknown").',
    cure: 'Make the balancer sticky (nginx: `ip_hash;` or `hash $remote_addr consistent;` in the upstream), or use WebSocket alone: `transports: ["websocket"]`, which is what holdfast does.',
  },
  'sticky-by-cookie': {
    cause: 'Sessions stay on one node only for clients that keep cookies.',
    cure: 'Clients on another origin, and those in Node, need `withCredentials: true` for polling; or use WebSocket alone.',
  },
  'namespace-invalid': {
    cause: 'The server has no such namespace.',
    cure: 'Correct the namespace (the path of the URL, or `--namespace`), or add it on the server: `io.of("/name")`.',
  },
  'connect-silent': {
    cause: 'The server does not answer the request for the namespace.',
    cure: 'A middleware of that namespace never calls `next`: look for a promise that does not settle, or a branch without `next()`.',
  },
  'connect-closed': {
    cause: 'The server closes the connection instead of answering the request for the namespace.',
    cure: 'Look at its log: a middleware that throws or disconnects, or a proxy that cuts connections.',
  },
  'packet-invalid': {
    cause: 'The server sent what is no packet of Socket.IO.',
    cure: 'It may have another `parser` (such as socket.io-msgpack-parser), which the client must have too; or it is not Socket.IO.',
  },
  'token-command-failed': {
    cause: 'The command of `--token-command` gave no token.',
    cure: 'Run it by hand: it must print the token alone and end with 0.',
  },
  'credential-missing': {
    cause: 'The server wants a credential, and none was given.',
    cure: 'Give one with `--token-command "COMMAND"` or `--token TOKEN`; another field of `auth` with `--auth-field NAME`.',
  },
  'credential-refused': {
    cause: 'The server does not take the credential.',
    cure: 'Check that the token is of this server, not run out, and in the field of `auth` that the server reads (`--auth-field NAME`).',
  },
  busy: {
    cause: 'The server asks clients to come back later.',
    cure: 'Wait; it is draining before a restart, or takes no more for the moment. holdfast keeps to the time it names.',
  },
  'connect-refused': {
    cause: 'A middleware of the server refuses the connection.',
    cure: 'Its words are in the finding: look for them in the `use` functions of the server.',
  },
  kicked: {
    cause: 'The server accepts the connection and ends it at once.',
    cure: 'Look for `disconnect` in its `connection` handler: a check that belongs into `io.use`, a limit, or an error.',
  },
  'no-answer': {
    cause: 'The connection is open, but a question over it gets no answer.',
    cure: 'Something on the way holds messages back. Look for a proxy that buffers, and whether the process of the server is busy.',
  },
  'event-unanswered': {
    cause: 'The event of `--event` was not acknowledged.',
    cure: 'Check its name, and that its handler on the server calls the acknowledgement: `socket.on(name, (…, ack) => ack())`.',
  },
  'ping-interval-long': {
    cause: 'The server pings as seldom as proxies lose patience: nginx closes what was quiet for 60 s.',
    cure: 'Set `pingInterval` of the server well below the idle timeout of every proxy (25 s is the default), or raise `proxy_read_timeout`.',
  },
  'idle-cut': {
    cause: 'A quiet connection is cut before the first ping of the server.',
    cure: 'Something on the way has an idle timeout below `pingInterval`. Raise it (nginx: `proxy_read_timeout 60s;` or more), or lower `pingInterval` of the server.',
  },
  'ping-missing': {
    cause: 'The server did not ping within the time that it named itself.',
    cure: 'Its process is too busy, or something on the way holds messages back.',
  },
  'client-failed': {
    cause: 'Every layer answers, yet the client itself does not connect.',
    cure: 'The finding has its words. Please report it with the output of `--json`.',
  },
} as const satisfies Record<string, { readonly cause: string; readonly cure: string }>;

export type FaultCode = keyof typeof faults;
