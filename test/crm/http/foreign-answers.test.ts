import { createCommandHttpCrm } from '../../../lib/crm/http/command-http.ts';
import type { MergeCommand } from '../../../lib/ports.ts';
import { type RecordingServer, type ScriptedAnswer, startRecordingServer } from '../../contracts/recording-server.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const COMMAND = { survivorId: 'kept', loserIds: ['gone'] } as unknown as MergeCommand;

let server: RecordingServer;
let answer: ScriptedAnswer = { status: 200 };
beforeAll(async () => {
  server = await startRecordingServer(() => answer);
});
afterAll(() => server.close());

function send(scripted: ScriptedAnswer) {
  answer = scripted;
  const access = { endpoint: `${server.url}/merges`, secret: SECRET, fetch, now: Date.now, timeoutMs: 20_000 };
  return createCommandHttpCrm(access).send(COMMAND, 'evt-1');
}

const PAGES = [
  '<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>',
  '<html>\r\n<head><title>Sign in</title></head>',
  '\uFEFF\n  <!-- maintenance --><html>',
  '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>',
];

describe('promise 6: an answer that is not the receiver’s own', () => {
  it.each(PAGES)('is no success, whatever the status says: %j', async (body) => {
    for (const headers of [{}, { 'content-type': 'text/html' }, { 'content-type': 'application/json' }])
      for (const status of [200, 201, 202])
        await expect(send({ status, headers, body })).rejects.toMatchObject({
          kind: 'ambiguous',
          code: 'foreign-answer',
        });
  });

  it.each([
    ...PAGES,
    '404 page not found\n', // Go, Traefik
    'default backend - 404', // ingress-nginx
    'Not Found',
    '{"message":"Not Found"}', // API Gateway
    '{"message":"no Route matched with those values"}', // Kong
    '{"detail":"Not Found"}', // FastAPI
    '{"timestamp":"2026-11-26T00:00:00Z","status":404,"error":"Not Found","path":"/merges"}', // Spring
    '{"message":"Route POST:/merges not found","error":"Not Found","statusCode":404}', // Fastify
    '{"statusCode":404,"message":"Cannot POST /merges","error":"Not Found"}', // NestJS
    '{"statusCode":404,"message":"Resource not found"}', // Azure API Management
    '{"message":"The route merges could not be found."}', // Laravel
    '{"type":"about:blank","title":"Not Found","status":404,"detail":"No static resource merges.","instance":"/merges"}', // Spring
    '{"fault":{"faultstring":"Unable to identify proxy for host","detail":{"errorcode":"x"}}}', // Apigee
    '["x"]',
    '"gone"',
  ])('with 404 does not say that contacts are unknown, and is tried again: %j', async (body) => {
    await expect(send({ status: 404, body })).rejects.toMatchObject({ kind: 'retry-soon', code: 'foreign-answer' });
  });

  it('is an empty 404 of Envoy that never reached what stands behind it', async () => {
    const headers = { server: 'istio-envoy' };
    await expect(send({ status: 404, headers })).rejects.toMatchObject({ kind: 'retry-soon' });
    const passedOn = { ...headers, 'x-envoy-upstream-service-time': '3' };
    expect(await send({ status: 404, headers: passedOn })).toEqual({ outcome: 'unknown-contacts' });
  });

  it.each([400, 405, 409, 410, 422])(
    'with %i is neither a refusal nor a contradiction, and is tried again',
    async (status) => {
      for (const body of PAGES)
        await expect(send({ status, body })).rejects.toMatchObject({ kind: 'retry-soon', code: 'foreign-answer' });
    },
  );

  it.each([
    [401, 'auth'],
    [403, 'auth'],
    [407, 'auth'],
    [413, 'permanent'],
    [429, 'retry-soon'],
    [502, 'ambiguous'],
    [503, 'ambiguous'],
    [504, 'ambiguous'],
  ])('with %i means what it means from the receiver: %s', async (status, kind) => {
    for (const body of PAGES) await expect(send({ status, body })).rejects.toMatchObject({ kind });
  });

  it('may come late: Retry-After counts', async () => {
    const headers = { 'retry-after': '600' };
    const error = await send({ status: 404, headers, body: '<html>' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'retry-after', retryAt: expect.any(Number) });
  });
});

describe('promise 6: a success whose JSON says that it failed', () => {
  it.each([
    '{"success":false}',
    '{"ok":false,"code":1}',
    '{"error":"database-down"}',
    '{"error":{"message":"x"}}',
    '{"errcode":40014,"errmsg":"invalid access_token"}',
    '{"code":500,"msg":"失败"}',
    '{"status":503}',
    '{"statusCode":400}',
  ])('is not known to have taken effect, and is asked again: %s', async (body) => {
    for (const status of [200, 201, 202])
      await expect(send({ status, body })).rejects.toMatchObject({ kind: 'ambiguous', code: 'failed-in-2xx' });
  });

  it.each([
    '',
    'OK',
    '{}',
    '{"success":true}',
    '{"ok":true,"error":null}',
    '{"error":""}',
    '{"error":false,"errors":[]}',
    '{"errcode":0,"errmsg":"ok"}',
    '{"code":0,"msg":"成功"}',
    '{"code":1,"msg":"成功"}',
    '{"code":200}',
    '{"code":"done"}',
    '{"id":500}',
  ])('is not meant where it does not: %s', async (body) => {
    await expect(send({ status: 200, body })).resolves.toEqual({ outcome: 'done' });
  });
});
