import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createHandler } from '../../functions/receive/handler.ts';
import { createLog } from '../../lib/log.ts';
import { envelope, openIntake } from './intake-world.ts';

/** As a person calls the function past API Gateway. */
async function call(event: unknown) {
  const lines: string[] = [];
  const untouched = () => {
    throw new Error('looked at');
  };
  const handler = createHandler({
    ledger: untouched,
    settings: untouched,
    queue: { send: untouched },
    now: Date.now,
    log: createLog((line) => lines.push(line), Date.now),
    timing: {} as never,
  });
  return { answer: await handler(event as APIGatewayProxyEventV2), lines: lines.map((line) => JSON.parse(line)) };
}

const VERSION_1 = {
  httpMethod: 'POST',
  path: '/callback/main',
  pathParameters: { tenant: 'main' },
  requestContext: { identity: { sourceIp: '203.0.113.9' } },
  body: '{}',
};

describe('an event that is no request of the HTTP API', () => {
  it.each([
    ['a test event of the console', {}],
    ['another one', { key1: 'value1' }],
    ['a request in the form of a REST API', VERSION_1],
    ['messages of a queue', { Records: [] }],
  ])('%s: refused in words, and no metric says that a callback was lost', async (_what, event) => {
    const { answer, lines } = await call(event);
    expect(answer.statusCode).toBe(401);
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', message: expect.stringContaining('verify-url') })]);
    expect(lines[0].metric).toBeUndefined();
  });
});

describe('a request that API Gateway passes on', () => {
  it('in base64 is read like any other', async () => {
    const { postText } = openIntake();
    const sent = Buffer.from(JSON.stringify(envelope('e1')));
    expect(await postText(sent, { base64: true })).toEqual({ status: 200, body: '{"code":1,"msg":"成功"}' });
  });

  it('of six megabytes, the largest that Lambda takes, is stored or refused, never a failure', async () => {
    const { post, postText } = openIntake();
    const remark = 'x'.repeat(3_000_000);
    const large = envelope('e1', { id: 's', mainID: 's', mergedIDs: ['a'], changed: { remark } });
    expect((await post(large)).status).toBe(200);
    expect((await postText('x'.repeat(6_000_000))).status).toBe(401);
  });
});
