import type { Server as HttpServer } from 'node:http';

/**
 * Attaches what answers a contender's clients.
 * @param heartbeat Ms between two signs of life, and as much again for the answer. `null`: as the server has it.
 */
export type Serve = (http: HttpServer, heartbeat: number | null) => void;
