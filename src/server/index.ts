export { type Notice, onNotice } from './notices.ts';
