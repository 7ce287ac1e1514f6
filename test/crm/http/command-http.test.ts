import { createCommandHttpCrm } from '../../../lib/crm/http/command-http.ts';
import { signWebhook, webhookKeys } from '../../../lib/crm/http/standard-webhooks.ts';
import { ConfigError, CrmError } from '../../../lib/errors.ts';
import type { MergeCommand } from '../../../lib/ports.ts';
import { type RecordingServer, type ScriptedAnswer, startRecordingServer } from '../../contracts/recording-server.ts';

const NOW = Date.UTC(2026, 10, 24, 1, 2, 3, 456);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const COMMAND: MergeCommand = {
  tenant: 'acme',
  eventId: 'evt-1',
  survivorId: 'kept',
  loserIds: ['gone-1', 'gone-2'],
  changed: { name: '张三', remark: '' },
  old: { name: '张' },
  mergedContacts: [{ name: '李四' }],
  triggeredAt: '2026-11-20T08:00:00.000Z',
  operatorId: 'op-7',
  origin: 'manual',
};

let server: RecordingServer;
let answer: ScriptedAnswer = { status: 200 };

beforeAll(async () => {
  server = await startRecordingServer(() => answer);
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.close());

function crm(more: { endpoint?: string; now?: () => number; timeoutMs?: number; unmerge?: boolean } = {}) {
  const endpoint = `${server.url}/crm/merges`;
  return createCommandHttpCrm({ endpoint, secret: SECRET, fetch, now: () => NOW, timeoutMs: 20_000, ...more });
}

async function failureOf(scripted: ScriptedAnswer, more: { timeoutMs?: number } = {}): Promise<CrmError> {
  answer = scripted;
  const error = await crm(more)
    .send(COMMAND, 'evt-1')
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}

describe('taking a merge back', () => {
  const UNMERGE = { ...COMMAND, undoneAt: '2026-11-24T01:02:03.000Z', undoneBy: 'lin' };

  it('is a command of its own with the data of the merge, only where the receiver is said to know it', async () => {
    answer = { status: 200 };
    expect(crm().unmerge).toBeUndefined();
    const knowing = crm({ unmerge: true });
    expect(await knowing.unmerge?.(UNMERGE, 'evt-1-undo')).toEqual({ outcome: 'done' });
    await knowing.unmerge?.(UNMERGE, 'evt-1-undo');
    const [first, second] = server.requests;
    expect(first?.headers['webhook-id']).toBe('evt-1-undo');
    expect(second?.body).toBe(first?.body);
    const wanted = { type: 'contact.unmerged', timestamp: UNMERGE.undoneAt, data: UNMERGE };
    expect(JSON.parse(first?.body ?? '')).toEqual(wanted);
    expect(Object.keys(JSON.parse(first?.body ?? '').data)).toEqual([...Object.keys(COMMAND), 'undoneAt', 'undoneBy']);
  });
});

describe('the request', () => {
  it('is one POST to the endpoint with the body of the contract and nothing else', async () => {
    answer = { status: 200 };
    await crm().send(COMMAND, 'evt-1');
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/crm/merges' });
    expect(request?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      type: 'contact.merged',
      timestamp: COMMAND.triggeredAt,
      data: COMMAND,
    });
  });

  it('carries the key as webhook-id, whole seconds, and a signature the receiver can check over the raw body', async () => {
    answer = { status: 204 };
    await crm().send(COMMAND, 'evt-1');
    const { headers, body } = server.requests[0] ?? { headers: {}, body: '' };
    const message = { id: 'evt-1', timestamp: Math.floor(NOW / 1000), body };
    expect(headers).toMatchObject({
      'webhook-id': 'evt-1',
      'webhook-timestamp': String(message.timestamp),
      'webhook-signature': signWebhook(message, webhookKeys(SECRET)),
    });
  });

  it('has the same bytes when the same command is sent again later, whatever the order of its members', async () => {
    answer = { status: 200 };
    const reversed = Object.fromEntries(Object.entries(COMMAND).reverse()) as unknown as MergeCommand;
    await crm().send(COMMAND, 'evt-1');
    await crm({ now: () => NOW + 3_600_000 }).send(reversed, 'evt-1');
    const [first, second] = server.requests;
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
  });

  it('says nothing beyond the contract, whatever else the command object carries', async () => {
    answer = { status: 200 };
    await crm().send({ ...COMMAND, more: 'x' } as MergeCommand, 'evt-1');
    expect(Object.keys(JSON.parse(server.requests[0]?.body ?? '').data)).toEqual(Object.keys(COMMAND));
  });

  it('keeps the endpoint’s path, final slash and query', async () => {
    answer = { status: 200 };
    await crm({ endpoint: `${server.url}/merges/?tenant=acme` }).send(COMMAND, 'evt-1');
    expect(server.requests[0]?.url).toBe('/merges/?tenant=acme');
  });
});

describe('answers', () => {
  it.each([200, 201, 202, 204])('%d is done', async (status) => {
    answer = { status };
    expect(await crm().send(COMMAND, 'evt-1')).toEqual({ outcome: 'done' });
  });

  it.each(['', 'ok', '{"code":1}', '[]', 'x<html>'])('200 with %j is done: nothing in it denies that', async (body) => {
    answer = { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
    expect(await crm().send(COMMAND, 'evt-1')).toEqual({ outcome: 'done' });
  });

  it.each([
    '',
    '{"code":"unknown-contact"}',
    '{"code":"not_found"}',
    '{"survivor":"unknown"}',
    '{"message":"contact unknown"}',
    '{"error":"Contact not found"}',
    '{"code":"gone","message":"Not Found"}',
  ])('404 with %j means that these contacts are unknown there', async (body) => {
    answer = { status: 404, body };
    expect(await crm().send(COMMAND, 'evt-1')).toEqual({ outcome: 'unknown-contacts' });
  });

  it.each([
    ['{"code":"loser_is_locked"}', 'loser_is_locked'],
    ['{"error":"E-1042"}', 'E-1042'],
    ['{"code":42,"error":"both"}', 'both'],
    ['{"code":"张三 is locked"}', '409'],
    ['{"code":"call13800138000"}', '409'],
    ['{"error":"a@example.com"}', '409'],
    ['["code"]', '409'],
    ['null', '409'],
    ['not json', '409'],
    ['', '409'],
  ])('409 is a contradiction with the answer’s code where that is one safe word: %s', async (body, code) => {
    answer = { status: 409, body };
    expect(await crm().send(COMMAND, 'evt-1')).toEqual({ outcome: 'contradiction', code });
  });

  it.each([400, 402, 405, 406, 410, 411, 413, 414, 415, 418, 422, 423, 426, 428, 431, 451])(
    '%d is permanent, even with a Retry-After',
    async (status) => {
      const error = await failureOf({ status, headers: { 'retry-after': '5' } });
      expect(error).toMatchObject({ kind: 'permanent', retryAt: undefined });
    },
  );

  it.each([401, 403])('%d is a matter of credentials', async (status) => {
    expect((await failureOf({ status })).kind).toBe('auth');
  });

  it.each([203, 205, 206, 207, 226])('%d is not in the contract, so a human looks', async (status) => {
    expect((await failureOf({ status })).kind).toBe('permanent');
  });

  it.each([301, 302, 303, 307, 308])('%d is permanent and not followed', async (status) => {
    const error = await failureOf({ status, headers: { location: `${server.url}/elsewhere` } });
    expect(error).toMatchObject({ kind: 'permanent', message: expect.stringContaining('redirects are not followed') });
    expect(server.requests).toHaveLength(1);
  });

  it.each([408, 425, 429])('%d did nothing and is tried again soon', async (status) => {
    expect(await failureOf({ status })).toMatchObject({ kind: 'retry-soon', retryAt: undefined });
  });

  it.each([500, 501, 502, 503, 504, 599])('%d may have taken effect', async (status) => {
    expect(await failureOf({ status })).toMatchObject({ kind: 'ambiguous', retryAt: undefined });
  });
});

describe('Retry-After', () => {
  const cases: [string, number | undefined][] = [
    ['7', NOW + 7_000],
    ['0', NOW],
    [new Date(NOW + 90_000).toUTCString(), Math.floor((NOW + 90_000) / 1000) * 1000],
    [new Date(NOW - 90_000).toUTCString(), NOW],
    ['99999999', NOW + 86_400_000],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
  ];

  it.each(cases)('%j on 429 gives the time of the next attempt', async (text, retryAt) => {
    const error = await failureOf({ status: 429, headers: { 'retry-after': text } });
    expect(error).toMatchObject({ kind: retryAt === undefined ? 'retry-soon' : 'retry-after', retryAt });
  });

  it.each(cases)('%j on 503 gives the time of the next attempt, which is still in doubt', async (text, retryAt) => {
    const error = await failureOf({ status: 503, headers: { 'retry-after': text } });
    expect(error).toMatchObject({ kind: 'ambiguous', retryAt });
  });
});

describe('no answer', () => {
  it.each<ScriptedAnswer>(['hang-up', 'hang-up-in-body'])('%s leaves it in doubt', async (scripted) => {
    expect((await failureOf(scripted)).kind).toBe('ambiguous');
  });

  it('silence until the time-out leaves it in doubt', async () => {
    const error = await failureOf('silence', { timeoutMs: 80 });
    expect(error).toMatchObject({ kind: 'ambiguous', code: 'TIMEOUT' });
  });

  it('a closed port did nothing', async () => {
    const closed = await startRecordingServer(() => ({ status: 200 }));
    await closed.close();
    const sent = crm({ endpoint: closed.url }).send(COMMAND, 'evt-1');
    await expect(sent).rejects.toMatchObject({ kind: 'retry-soon', code: 'ECONNREFUSED' });
  });
});

describe('promise 11: what is said about a failure', () => {
  const body = JSON.stringify({ code: 'validation_failed', message: '张三 13800138000' });

  it.each([400, 401, 429, 500, 302])(
    '%d: neither the answer’s body nor the command’s values nor the address',
    async (status) => {
      const error = await failureOf({ status, body });
      const told = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
      for (const secret of ['张三', '13800138000', 'kept', 'gone-1', server.url, '/crm/merges', SECRET])
        expect(told).not.toContain(secret);
      expect(error.message).toMatch(new RegExp(`^http: POST the endpoint answered ${status}`));
      expect(error.code).toBe('validation_failed');
    },
  );
});

describe('settings', () => {
  it.each(['', 'merges', 'ftp://crm.example/merges', 'https://user:pass@crm.example/'])(
    'an endpoint that cannot be posted to is refused at once, without being quoted: %j',
    (endpoint) => {
      expect(() => crm({ endpoint })).toThrow(ConfigError);
      expect(() => crm({ endpoint })).not.toThrow('crm.example');
    },
  );
});
