import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createUntracedClient } from '../../lib/aws/queue.ts';

/** What reaches a queue when this client sends within an invocation that Lambda is tracing. */
async function headersSent(client: (endpoint: string) => SQSClient): Promise<IncomingHttpHeaders> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response
      .writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
      .end('{"MessageId":"1","MD5OfMessageBody":"99914b932bd37a50b983c5e7c90ae93b"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await client(endpoint).send(new SendMessageCommand({ QueueUrl: `${endpoint}/q`, MessageBody: '{}' }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return seen[0] ?? {};
}

describe('the queue client of apply', () => {
  const before = { ...process.env };
  beforeEach(() => {
    process.env.AWS_LAMBDA_FUNCTION_NAME = 'apply';
    process.env._X_AMZN_TRACE_ID = 'Root=1-5759e988-bd862e3fe1be46a994272793;Lineage=a87bd80c:1';
  });
  afterEach(() => {
    process.env = before;
  });

  it('does not let Lambda count the rounds of an event that waits: after sixteen they would go to the DLQ', async () => {
    const plain = await headersSent((endpoint) => new SQSClient({ endpoint }));
    expect(plain['x-amzn-trace-id']).toContain('Lineage');
    const ours = await headersSent((endpoint) => createUntracedClient({ endpoint }));
    expect(ours['x-amzn-trace-id']).toBeUndefined();
  });
});
