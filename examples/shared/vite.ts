import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { issueToken, serveChat } from './server.ts';

/** Page and server in one process, on one port: Vite serves the page, and this what an app has elsewhere. */
export function chatServer(): Plugin {
  const attach = ({ httpServer, middlewares }: ViteDevServer | PreviewServer) => {
    middlewares.use('/token', issueToken);
    serveChat(new Server(httpServer as HttpServer, { serveClient: false }));
  };
  return { name: 'chat-server', configureServer: attach, configurePreviewServer: attach };
}
