import { signWebhook, webhookKeys } from '../../lib/crm/http/standard-webhooks.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { startRecordingServer } from '../contracts/recording-server.ts';
import { ACCEPTED, eventually, KEYS_ENV, mergeBody, post, REFUSED, sealedEnvelope, viewEvent } from './sender.ts';
import { killAll, startStack } from './stack-process.ts';

afterAll(killAll);

describe('CRM=http', () => {
  it('sends the sample and every merge to the in-house CRM, signed as the contract says', async () => {
    const crm = await startRecordingServer(({ body }) => ({ status: body.includes('"mine"') ? 201 : 404 }));
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const stack = await startStack({
      ...KEYS_ENV,
      CRM: 'http',
      CRM_HTTP_ENDPOINT: `${crm.url}/hooks/merge?v=1`,
      CRM_HTTP_SECRET: secret,
      SAMPLE: '1',
    });
    await post(
      `${stack.url}/callback/local`,
      sealedEnvelope('mine', mergeBody('a', ['b'], { changed: { remark: 'after' } })),
    );
    await eventually(stack.url, 'mine', ['applied']);
    expect(await viewEvent(stack.url, SAMPLE_ENVELOPE.id)).toMatchObject({
      state: 'skipped',
      reason: 'unknown-in-crm',
    });
    expect(stack.stdout()).toContain('4  skipped (unknown-in-crm) after');
    expect(stack.stdout()).not.toContain(KEYS_ENV.DUSTESS_TOKEN);
    await stack.end();
    await crm.close();
    expect(crm.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(2).fill('POST /hooks/merge?v=1'));
    for (const { headers, body } of crm.requests) {
      const message = { id: headers['webhook-id'] ?? '', timestamp: Number(headers['webhook-timestamp']), body };
      expect(headers['webhook-signature']).toBe(signWebhook(message, webhookKeys(secret)));
    }
    expect(JSON.parse(crm.requests[1]?.body ?? '')).toMatchObject({
      type: 'contact.merged',
      data: { tenant: 'local', eventId: 'mine', survivorId: 'a', loserIds: ['b'], changed: { remark: 'after' } },
    });
  });
});

describe('switches of our own', () => {
  it('promise 1: DUSTESS_PLAIN_SECRET lets plain text in, by its own URL and by no other', async () => {
    const secret = 'plain-secret-0123456789abcdef';
    const stack = await startStack({ SAMPLE: '0', DUSTESS_PLAIN_SECRET: secret });
    const callback = `${stack.url}/callback/local`;
    const plain = JSON.stringify({ ...SAMPLE_ENVELOPE, id: 'plain' });
    for (const url of [callback, `${callback}/${secret.slice(1)}`, `${callback}/${secret}x`])
      expect(await post(url, plain)).toEqual(REFUSED);
    expect(await post(`${callback}/${secret}`, plain)).toEqual(ACCEPTED);
    expect(await eventually(stack.url, 'plain', ['skipped'])).toMatchObject({
      payload: { body: SAMPLE_ENVELOPE.body },
    });
    expect(stack.stdout()).not.toContain(secret);
    await stack.end();
  });

  it('promise 9: POLICY={"mode":"observe"} makes the plan and leaves the CRM alone', async () => {
    const stack = await startStack({ POLICY: '{"mode":"observe"}' });
    const seen = await viewEvent(stack.url, SAMPLE_ENVELOPE.id);
    expect(seen).toMatchObject({ state: 'skipped', reason: 'observed', journal: [] });
    expect(seen.plan?.steps).toHaveLength(1);
    const merges = await (await fetch(`${stack.demoUrl}/merges`)).json();
    expect(merges).toEqual({ merges: [], pairs: [] });
    await stack.end();
  });
});
