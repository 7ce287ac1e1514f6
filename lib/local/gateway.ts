import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { gatewayEvent, type Matched, splitUrl } from './gateway-event.ts';
import { guardServer, type Refusal } from './guard-server.ts';
import { close, HOST, listen } from './listen.ts';
import { readBody } from './read-body.ts';

export type GatewayHandler = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;

/** `GET /callback/{tenant}` → handler. */
export type Routes = Record<string, GatewayHandler>;

// Both as the vendors' quota pages give them; the second is of the whole event as JSON, body escaped or in base64.
const GATEWAY_PAYLOAD_BYTES = 10 * 1024 * 1024;
const LAMBDA_PAYLOAD_BYTES = 6_291_556;

export interface GatewayOptions {
  /** 0 for a free one. */
  port: number;
  /** Milliseconds since 1970. */
  now: () => number;
  /** The public name under which a tunnel may reach the callback URL. */
  tunnelHost?: string | undefined;
  onRefused?(reason: Refusal): void;
}

/** An HTTP API of API Gateway as far as a function can tell the difference; closed to pages of other origins. */
export async function startGateway(routes: Routes, { port, now, ...guard }: GatewayOptions) {
  const server = createServer((request, response) => {
    answer(request, routes, now)
      .catch((): APIGatewayProxyStructuredResultV2 => message(500, 'Internal Server Error'))
      .then((result) => send(response, result))
      .catch(() => response.destroy());
  });
  guardServer(server, { ...guard, pages: true, tunnelPath: '/callback/' });
  const url = `http://${HOST}:${await listen(server, port)}`;
  return { url, close: (patienceMs: number) => close(server, patienceMs) };
}

async function answer(request: IncomingMessage, routes: Routes, now: () => number) {
  const matched = matchRoute(request, Object.keys(routes));
  if (matched === 'bad-path') return message(400, 'Bad Request');
  const handler = matched && routes[matched.routeKey];
  if (!handler) return message(404, 'Not Found');
  const body = await readBody(request, GATEWAY_PAYLOAD_BYTES);
  if (!body) return message(413, 'Request Entity Too Large');
  const event = gatewayEvent({ request, body, requestId: randomUUID(), now: now() }, matched);
  if (Buffer.byteLength(JSON.stringify(event)) > LAMBDA_PAYLOAD_BYTES) return message(413, 'Request Entity Too Large');
  return handler(event);
}

function matchRoute(request: IncomingMessage, routeKeys: string[]): Matched | 'bad-path' | undefined {
  const asked = splitUrl(request.url ?? '/').path.split('/');
  for (const routeKey of routeKeys) {
    const [method, template = ''] = routeKey.split(' ');
    const parts = template.split('/');
    if (method !== request.method || parts.length !== asked.length) continue;
    if (!parts.every((part, index) => (part.startsWith('{') ? asked[index] !== '' : part === asked[index]))) continue;
    const pathParameters = parametersOf(parts, asked);
    return pathParameters ? { routeKey, pathParameters } : 'bad-path';
  }
  return undefined;
}

function parametersOf(parts: string[], asked: string[]): Record<string, string> | undefined {
  try {
    const named = parts.flatMap((part, index) =>
      part.startsWith('{') ? [[part.slice(1, -1), decodeURIComponent(asked[index] ?? '')]] : [],
    );
    return Object.fromEntries(named);
  } catch {
    return undefined; // A % that is no escape.
  }
}

const message = (statusCode: number, text: string): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message: text }),
});

function send(response: ServerResponse, result: APIGatewayProxyStructuredResultV2): void {
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8');
  for (const [name, value] of Object.entries(result.headers ?? {})) response.setHeader(name, String(value));
  if (result.cookies) response.setHeader('set-cookie', result.cookies);
  // What of the request was not read must not be taken for the next one.
  if (!response.req.complete) response.setHeader('connection', 'close');
  response.writeHead(result.statusCode ?? 200, { 'content-length': body.length }).end(body);
}
