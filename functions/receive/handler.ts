import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { CallbackRefused, ConfigError, problemOf } from '../../lib/errors.ts';
import type { Callback } from '../../lib/intake/callback.ts';
import { type IntakeDeps, receiveCallback } from '../../lib/intake/receive-callback.ts';
import { verifyCallbackUrl } from '../../lib/intake/verify-callback-url.ts';

type Answer = APIGatewayProxyStructuredResultV2;

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const ACCEPTED: Answer = { statusCode: 200, headers: JSON_TYPE, body: '{"code":1,"msg":"成功"}' };
const NOT_DONE = '{"code":0,"msg":"处理失败"}';
/** One answer for everything that is not provably the sender's, whatever the tenant: nothing can be learned from it. */
const REFUSED: Answer = { statusCode: 401, headers: JSON_TYPE, body: NOT_DONE };
/** The sender may try again. */
const NOT_STORED: Answer = { statusCode: 503, headers: JSON_TYPE, body: NOT_DONE };

/** API Gateway in, use case, API Gateway out. The sender learns one word; the log learns the reason. */
export function createHandler(deps: IntakeDeps) {
  return async (event: APIGatewayProxyEventV2): Promise<Answer> => {
    if (!event.requestContext?.http) {
      deps.log.warn(NO_REQUEST);
      return REFUSED;
    }
    try {
      if (event.requestContext.http.method === 'GET') return await verification(event, deps);
      const { eventId, state } = await receiveCallback(callbackOf(event), deps);
      deps.log.info('callback accepted', { tenant: tenantOf(event), eventId, state, metric: 'accepted' });
      return ACCEPTED;
    } catch (error) {
      return answerFor(error, event, deps);
    }
  };
}

/** A test event of the AWS console, or an API of another kind. Nothing was asked by 尘锋, so nothing is counted. */
const NO_REQUEST =
  'not a request of an HTTP API with payload 2.0, so nothing was looked at: try the URL with merge-sync verify-url';

const tenantOf = (event: APIGatewayProxyEventV2) => event.pathParameters?.tenant ?? '';

async function verification(event: APIGatewayProxyEventV2, deps: IntakeDeps): Promise<Answer> {
  const query = Object.fromEntries(new URLSearchParams(event.rawQueryString));
  const body = await verifyCallbackUrl(tenantOf(event), query, deps);
  deps.log.info('callback URL verified', { tenant: tenantOf(event) });
  return { statusCode: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function callbackOf(event: APIGatewayProxyEventV2): Callback {
  const pathSecret = event.pathParameters?.secret;
  const callback = {
    tenant: tenantOf(event),
    sourceAddress: event.requestContext.http.sourceIp,
    body: textOf(event),
  };
  return pathSecret === undefined ? callback : { ...callback, pathSecret };
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What is not UTF-8 is no JSON: read all the same, a name of one person could become that of another. @throws CallbackRefused */
function textOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): string {
  if (!isBase64Encoded) return body;
  try {
    return UTF_8.decode(Buffer.from(body, 'base64'));
  } catch {
    throw new CallbackRefused('unreadable-envelope');
  }
}

function answerFor(error: unknown, event: APIGatewayProxyEventV2, { log }: IntakeDeps): Answer {
  const tenant = tenantOf(event);
  if (error instanceof CallbackRefused) {
    log.warn('callback refused', { tenant, reason: error.reason, metric: 'refused' });
    return REFUSED;
  }
  log.error('callback not stored', {
    tenant,
    problem: problemOf(error),
    metric: error instanceof ConfigError ? 'config' : 'not-stored',
  });
  return NOT_STORED;
}
