import { randomBytes } from 'node:crypto';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import {
  ACCEPTED,
  addContact,
  eventually,
  getJson,
  KEYS,
  KEYS_ENV,
  mergeBody,
  post,
  REFUSED,
  sealedEnvelope,
  sealText,
  verifyUrl,
  viewEvent,
} from './sender.ts';
import { killAll, type StackProcess, startStack } from './stack-process.ts';

let stack: StackProcess;
let callback: string;
let demo: string;

beforeAll(async () => {
  stack = await startStack({ ...KEYS_ENV, SAMPLE: '0', LOG: '1' });
  callback = `${stack.url}/callback/local`;
  demo = stack.demoUrl;
});
afterAll(async () => {
  await stack?.end();
  killAll();
});

interface Contact {
  id: string;
  fields: Record<string, unknown>;
  absorbed: string[];
}

describe('the embedded stack, as the sender meets it', () => {
  it('answers the verification of its URL with the echo, exactly', async () => {
    expect(await verifyUrl(callback, 'echo 回声 "1"')).toEqual({ status: 200, text: 'echo 回声 "1"' });
  });

  it("merges the contacts of the sender's own sample at the CRM, and knows afterwards what it did", async () => {
    const { id, body } = SAMPLE_ENVELOPE;
    const survivor = String(body.mainID);
    await addContact(demo, survivor, { remark: 'eaasdadasd', 'customFields.field10': 'before' });
    await addContact(demo, '2df106aa-7057-11ed-a049-a2eb63fbe44a', { remark: '好', memberLevel: 'gold' });
    expect(await post(callback, sealedEnvelope(id, body))).toEqual(ACCEPTED);
    const seen = await eventually(stack.url, id, ['applied']);
    expect(seen.plan?.steps).toMatchObject([{ kind: 'command', key: id }]);
    expect(seen.journal).toMatchObject([{ call: 'command', outcome: 'done' }]);
    expect(seen.payload?.body).toEqual(body);
    const merged = await getJson<Contact>(`${demo}/contacts/${survivor}`);
    expect(merged.fields).toEqual({ remark: 'eaasdadasd', memberLevel: 'gold' });
    expect(merged.absorbed).toEqual(['2df106aa-7057-11ed-a049-a2eb63fbe44a']);
  });

  it('promise 3: a repeat is acknowledged and changes nothing, sealed anew, sent as it was, or under another id', async () => {
    await addContact(demo, 'r-main', { remark: 'main' });
    await addContact(demo, 'r-loser', { remark: 'loser' });
    const envelope = sealedEnvelope('repeated', mergeBody('r-main', ['r-loser']));
    expect(await post(callback, envelope)).toEqual(ACCEPTED);
    await eventually(stack.url, 'repeated', ['applied']);
    const anew = sealedEnvelope('repeated', mergeBody('r-main', ['r-loser']));
    const renamed = JSON.stringify({ ...JSON.parse(envelope), id: 'another-id' });
    for (const repeat of [envelope, anew, renamed]) expect(await post(callback, repeat)).toEqual(ACCEPTED);
    expect((await viewEvent(stack.url, 'another-id')).status).toBe(404);
    const { merges } = await getJson<{ merges: { eventId: string; deliveries: number }[] }>(`${demo}/merges`);
    expect(merges.filter(({ eventId }) => eventId === 'repeated')).toMatchObject([{ deliveries: 1 }]);
  });

  it('records genuine events of other kinds as ignored, without what is in them', async () => {
    const body = sealText(JSON.stringify({ id: 'c1', remark: 'not for us' }));
    const other = JSON.stringify({ id: 'other-kind', event: 'CRM_CONTACT', action: 'CREATED', body });
    expect(await post(callback, other)).toEqual(ACCEPTED);
    expect(await viewEvent(stack.url, 'other-kind')).toMatchObject({ state: 'ignored', payload: null });
  });

  it('says that it does not know an event', async () => {
    expect(await viewEvent(stack.url, 'never-sent')).toEqual({ status: 404, error: 'no such event' });
    expect(await viewEvent(stack.url, 'never-sent', 'nobody')).toMatchObject({ status: 404 });
  });

  it('skips a merge of contacts that the CRM does not know', async () => {
    await post(callback, sealedEnvelope('strangers', mergeBody('nobody', ['no-one'])));
    expect(await eventually(stack.url, 'strangers', ['skipped'])).toMatchObject({ reason: 'unknown-in-crm' });
  });

  it('promise 7: an event as large as Lambda lets in is kept, applied, and read back as it was sent', async () => {
    await addContact(demo, 'big-main', { remark: 'main' });
    const mergedContacts = Array.from({ length: 47 }, () => ({ remark: '👋 大', description: noise(99_000) }));
    const body = mergeBody('big-main', ['big-loser'], { mergedContacts, changed: { remark: 'after' } });
    const envelope = sealedEnvelope('big', body);
    expect(envelope.length).toBeGreaterThan(6_200_000);
    expect(await post(callback, envelope)).toEqual(ACCEPTED);
    const seen = await eventually(stack.url, 'big', ['applied', 'parked'], 300_000);
    expect(seen.state).toBe('applied');
    expect(seen.payload?.body).toEqual(body);
    expect((await getJson<Contact>(`${demo}/contacts/big-main`)).fields).toEqual({ remark: 'after' });
  });
});

const noise = (length: number) => randomBytes(length).toString('base64').slice(0, length);

describe('promise 1: callbacks that the embedded stack refuses', () => {
  const body = mergeBody('x', ['y']);
  const foreign = { ...KEYS, token: 'another-token' };
  const tampered = () => {
    const envelope = JSON.parse(sealedEnvelope('refused', body));
    return JSON.stringify({ ...envelope, body: { ...envelope.body, nonce: 'another' } });
  };
  it.each<[string, () => string, string]>([
    ['signed with another token', () => sealedEnvelope('refused', body, foreign), 'bad-signature'],
    ['changed on the way', tampered, 'bad-signature'],
    [
      'meant for another company',
      () => sealedEnvelope('refused', body, { ...KEYS, receiveId: 'else' }),
      'foreign-receive-id',
    ],
    ['sealed two days ago', () => old('refused', body), 'too-old'],
    ['plain text', () => JSON.stringify({ ...SAMPLE_ENVELOPE, id: 'refused' }), 'plain-text-off'],
    ['half an envelope', () => JSON.stringify({ id: 'refused', body: { encrypt: 'abc' } }), 'missing-signature-fields'],
  ])('one word for what is %s, the reason in the log, and nothing stored', async (_what, make, reason) => {
    expect(await post(callback, make())).toEqual(REFUSED);
    expect((await viewEvent(stack.url, 'refused')).status).toBe(404);
    expect(logged(stack, 'callback refused').at(-1)).toMatchObject({ level: 'warn', tenant: 'local', reason });
  });

  it('the same word for a tenant that does not exist', async () => {
    expect(await post(`${stack.url}/callback/nobody`, sealedEnvelope('refused', body))).toEqual(REFUSED);
    expect(await verifyUrl(`${stack.url}/callback/nobody`, 'echo')).toEqual(REFUSED);
  });

  it.each(['', 'no JSON', '[]', '{"id":"refused","body":"c2NoZW1lIG9mIDIwMTk="}'])(
    'what is no callback at all gets the same answer: %j',
    async (text) => {
      expect(await post(callback, text)).toEqual(REFUSED);
    },
  );

  it('a URL verification that is not signed rightly is refused', async () => {
    expect(await verifyUrl(callback, 'echo', foreign)).toEqual(REFUSED);
  });

  it('plain text stays refused with a secret in the path that was never set', async () => {
    const url = `${callback}/${'s'.repeat(32)}`;
    expect(await post(url, JSON.stringify({ ...SAMPLE_ENVELOPE, id: 'refused' }))).toEqual(REFUSED);
  });
});

function old(id: string, body: ReturnType<typeof mergeBody>): string {
  const sealed = sealText(JSON.stringify(body), KEYS, Date.now() - 2 * 86_400_000);
  return JSON.stringify({ id, event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body: sealed });
}

function logged({ stderr }: StackProcess, message: string): Record<string, unknown>[] {
  const lines = stderr().split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter((entry) => entry.message === message);
}

describe('what API Gateway and Lambda do before a function runs', () => {
  it('has a route for the callback and for nothing else', async () => {
    for (const path of ['/', '/callback', '/callback/', '/callback/local/a/b'])
      expect((await fetch(stack.url + path)).status).toBe(404);
    expect((await fetch(callback, { method: 'PUT', body: '{}' })).status).toBe(404);
    expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
  });

  it.each([
    ['more than API Gateway takes', 10 * 1024 * 1024 + 1],
    ['more than a function takes', 6_291_556],
  ])('turns away %s with 413, and goes on serving', async (_what, bytes) => {
    const answer = await post(callback, Buffer.alloc(bytes, 'a'));
    expect(answer.status).toBe(413);
    expect((await fetch(`${stack.url}/healthz`)).status).toBe(200);
  });

  it.each(['application/octet-stream', 'application/x-www-form-urlencoded', 'text/plain; charset=utf-8'])(
    'hands a body of type %s on, in base64 where it is not known to be text',
    async (type) => {
      const id = `typed-${type.length}`;
      const body = mergeBody('x', [id]);
      expect(await post(callback, sealedEnvelope(id, body), { 'content-type': type })).toEqual(ACCEPTED);
      expect((await viewEvent(stack.url, id)).payload?.body).toEqual(body);
    },
  );

  it('keeps an id as it is, whatever is in it', async () => {
    const id = 'a/b#c d?é 好';
    expect(await post(callback, sealedEnvelope(id, mergeBody('x', ['z'])))).toEqual(ACCEPTED);
    expect((await viewEvent(stack.url, id)).status).toBe(200);
  });
});
