/** The response of Node's `http`, which Express extends. */
interface PlainResponse {
  writeHead(status: number, headers: Record<string, string>): { end(body: string): unknown };
}

/** The reply of Fastify. */
interface FastifyReply {
  code(status: number): { type(contentType: string): { send(body: string): unknown } };
}

/** What a `Handler` answers over: the response of `http` and Express, or the reply of Fastify. */
export type AnyResponse = PlainResponse | FastifyReply;

/** For `http.createServer`, for routes of Express and for routes of Fastify. */
export type Handler = (request: unknown, response: AnyResponse) => void;

/** Answers over whichever of them it is. */
export function answer(response: AnyResponse, status: number, type: string, body: string): void {
  if ('writeHead' in response) {
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  } else response.code(status).type(type).send(body);
}
