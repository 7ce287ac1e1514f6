import { type RecordedRequest, startRecordingServer } from '../contracts/recording-server.ts';

/**
 * SQS under an address that can be reached: the emulator gives queues a host name of its own, and the functions take a
 * queue's URL for its address, as they do in AWS. @param queues URLs as the emulator gave them.
 */
export async function startQueueFront(queues: string[]) {
  const byPath = new Map(queues.map((queue) => [new URL(queue).pathname, queue]));
  const server = await startRecordingServer(async (request) => {
    server.requests.length = 0; // Thousands of polls are of no interest.
    return forward(request, byPath);
  });
  return { urlOf: (queue: string) => new URL(new URL(queue).pathname, server.url).href, close: server.close };
}

async function forward({ headers, body }: RecordedRequest, byPath: Map<string, string>) {
  const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers;
  const asked = JSON.parse(body) as { QueueUrl: string };
  const QueueUrl = byPath.get(new URL(asked.QueueUrl).pathname);
  const init = { method: 'POST', headers: kept, body: JSON.stringify({ ...asked, QueueUrl }) };
  const response = await fetch(process.env.AWS_ENDPOINT_URL_SQS ?? '', init);
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, headers: { 'content-type': type }, body: await response.text() };
}
