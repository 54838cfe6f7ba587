/** The page with the inspector that needs no other package. */
import { createConnection, socketIo } from 'holdfast';
import { localInspector } from 'holdfast/inspect';

createConnection({ link: socketIo('/'), credential: false, inspect: localInspector() }).connect();
