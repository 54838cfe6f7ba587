export { type AuthenticateOptions, authenticate } from './authenticate.ts';
export { AuthError, ServerError, type ServerErrorCode } from './errors.ts';
export { type JwtOptions, jwt } from './jwt.ts';
export { kick } from './kick.ts';
export { type Notice, onNotice } from './notices.ts';
export type { Presented } from './recovery.ts';
export { userRoom } from './user-room.ts';
export type { Identity, Verify } from './verify.ts';
