import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

export interface Matched {
  /** `POST /callback/{tenant}` */
  routeKey: string;
  pathParameters: Record<string, string>;
}

export interface Received {
  request: IncomingMessage;
  body: Buffer;
  requestId: string;
  now: number;
}

/**
 * A request as an HTTP API hands it to a function, payload format 2.0:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function gatewayEvent({ request, body, requestId, now }: Received, matched: Matched): APIGatewayProxyEventV2 {
  const { path, query } = splitUrl(request.url ?? '/');
  const { cookie, ...headers } = joinedHeaders(request);
  const isText = isTextBody(headers);
  const parameters = joinedQuery(query);
  return {
    version: '2.0',
    routeKey: matched.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers,
    ...(Object.keys(parameters).length > 0 && { queryStringParameters: parameters }),
    pathParameters: matched.pathParameters,
    requestContext: requestContext({ request, requestId, now, path }, matched.routeKey),
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

export function splitUrl(url: string): { path: string; query: string } {
  const at = url.indexOf('?');
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

function joinedHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(',')]);
  return Object.fromEntries(entries);
}

// Whatever is not known to be text arrives as base64, a form and a body without a type included.
function isTextBody(headers: Record<string, string>): boolean {
  if (headers['content-encoding'] !== undefined) return false;
  return /^\s*(text\/|application\/(json|javascript|xml)|[^;]*\+(json|xml))/i.test(headers['content-type'] ?? '');
}

function joinedQuery(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query))
    parameters[name] = parameters[name] === undefined ? value : `${parameters[name]},${value}`;
  return parameters;
}

function requestContext(
  { request, requestId, now, path }: Omit<Received, 'body'> & { path: string },
  routeKey: string,
) {
  const domainName = request.headers.host ?? '';
  return {
    accountId: '000000000000',
    apiId: 'local',
    domainName,
    domainPrefix: domainName.split(/[.:]/)[0] ?? '',
    http: {
      method: request.method ?? '',
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId,
    routeKey,
    stage: '$default',
    time: new Date(now).toISOString(),
    timeEpoch: now,
  };
}
