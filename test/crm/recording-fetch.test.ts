import fc from 'fast-check';
import { type Cassette, createRecordingFetch, createReplayingFetch } from '../../lib/crm/recording-fetch.ts';
import type { Json } from '../../lib/json.ts';
import type { Fetch } from '../../lib/ports.ts';
import { startRecordingServer } from '../contracts/recording-server.ts';

const BASE = 'https://crm.example';
const post = (body: Json, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers,
  body: JSON.stringify(body),
});

/** A CRM of one person, who gets the id asked for. */
const echo: Fetch = async (_url, init) =>
  Response.json({
    people: [{ id: '4711', name: '张三', mobile: 13800138000, externalId: JSON.parse(String(init.body)).id }],
  });

/** Looks a person up and reads it by the id that came back: what an adapter does. */
async function lookUp(fetch: Fetch, contactId: string) {
  const response = await fetch(`${BASE}/v1/people/lookup?verbose=${contactId}`, post({ id: contactId }));
  const { people } = (await response.json()) as { people: { id: string; name: string }[] };
  const [person] = people;
  if (!person) throw new Error('no such person');
  await fetch(`${BASE}/v1/people/${person.id}`, post({ id: contactId, note: person.name }));
  return person;
}

const played = (cassette: Cassette) => createReplayingFetch(JSON.parse(JSON.stringify(cassette)));

describe('a recording', () => {
  it('has stand-ins for every value, the same for the same, and digits for digits', async () => {
    const { fetch, cassette } = createRecordingFetch(echo);
    await lookUp(fetch, 'wang-wu');
    const person = { id: '1000000002', name: '~3', mobile: 1_000_000_004, externalId: '~1' };
    expect(cassette.exchanges).toMatchObject([
      {
        method: 'POST',
        url: '/v1/people/lookup?verbose=~1',
        body: { id: '~1' },
        answer: { body: { people: [person] } },
      },
      { url: '/v1/people/1000000002', body: { id: '~1', note: '~3' } },
    ]);
  });

  it('hands the CRM’s answer on as it was', async () => {
    const { fetch } = createRecordingFetch(echo);
    expect(await lookUp(fetch, 'a')).toEqual({ id: '4711', name: '张三', mobile: 13_800_138_000, externalId: 'a' });
  });

  it('keeps the members that are named, when they hold nothing but values', async () => {
    const answer = { code: 'LOCKED', codes: ['A', 7], person: { code: { name: '张三' } } };
    const { fetch, cassette } = createRecordingFetch(async () => Response.json(answer), { keep: ['code', 'codes'] });
    await fetch(`${BASE}/people?code=1&q=x`, post({ code: 'x' }));
    expect(cassette.exchanges[0]).toMatchObject({
      url: '/people?code=1&q=~1',
      body: { code: 'x' },
      answer: { body: { code: 'LOCKED', codes: ['A', 7], person: { code: { name: '~2' } } } },
    });
  });

  it('has stand-ins for names of members that are no names', async () => {
    const { fetch, cassette } = createRecordingFetch(async () =>
      Response.json({ byMobile: { '13800138000': 1, 张三: 2 } }),
    );
    await fetch(`${BASE}/people`, {});
    expect(cassette.exchanges[0]?.answer).toMatchObject({ body: { byMobile: { '1000000001': 1, '~2': 2 } } });
  });

  it('promise 11: holds neither credentials nor hosts, nor a body that is not JSON, nor a header but those of limits', async () => {
    const server = await startRecordingServer(() => ({
      status: 200,
      headers: { 'set-cookie': 'session=13800138000', 'x-ratelimit-max': '190', 'retry-after': '7' },
      body: '<name>张三</name>',
    }));
    const { fetch: recording, cassette } = createRecordingFetch(fetch);
    await recording(`${server.url}/token/`, {
      method: 'POST',
      headers: { authorization: 'Bearer pat-1' },
      body: 'client_secret=s3cret',
    });
    await server.close();
    expect(cassette.exchanges).toEqual([
      {
        method: 'POST',
        url: '/token/',
        body: '(not JSON: left out)',
        answer: {
          status: 200,
          headers: { 'x-ratelimit-max': '190', 'retry-after': '7' },
          body: '(not JSON: left out)',
        },
      },
    ]);
  });

  it('promise 11: whatever the JSON, no value of it is left but single digits, true, false and null', async () => {
    const value = fc.jsonValue().map((json) => JSON.parse(JSON.stringify(json)) as Json);
    await fc.assert(
      fc.asyncProperty(value, value, async (asked, answered) => {
        const { fetch, cassette } = createRecordingFetch(async () => Response.json(answered));
        await fetch(`${BASE}/people`, post(asked));
        for (const secret of [...secretsIn(asked), ...secretsIn(answered)])
          expect(scalarsIn(cassette.exchanges as unknown as Json)).not.toContain(secret);
      }),
    );
  });
});

/** Texts that cannot be mistaken for a stand-in or for the exchange's own words, and numbers that tell something. */
const secretsIn = (json: Json) =>
  scalarsIn(json)
    .filter((one) => (typeof one === 'string' ? /^(?!~)(?!POST$)(?!.*json).+/s.test(one) : Math.abs(one) >= 10))
    .filter((one) => one !== 200 && one !== '/people');

function scalarsIn(json: Json): (string | number)[] {
  if (typeof json === 'string' || typeof json === 'number') return [json];
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(scalarsIn) : [];
}

const UNASKED = 'a text that no request has of itself';

describe('a cassette', () => {
  it('answers as it was recorded, with the values of now', async () => {
    const { fetch, cassette } = createRecordingFetch(echo);
    await lookUp(fetch, 'a real id');
    const { fetch: replayed, problems } = played(cassette);
    expect(await lookUp(replayed, 'ada')).toEqual({
      id: '1000000002',
      name: '~3',
      mobile: 1_000_000_004,
      externalId: 'ada',
    });
    expect(problems()).toEqual([]);
  });

  it('plays status, headers and the lack of an answer', async () => {
    const answers = [
      new Response(null, { status: 204 }),
      new Response('{"code":"busy"}', { status: 429, headers: { 'retry-after': '7' } }),
    ];
    const { fetch, cassette } = createRecordingFetch(async () => {
      const answer = answers.shift();
      if (answer) return answer;
      throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    });
    const talk = async (fetch: Fetch) => {
      const [first, second] = [await fetch(`${BASE}/a`, {}), await fetch(`${BASE}/a`, {})];
      const last = await fetch(`${BASE}/a`, {}).catch(({ cause }) => cause.code);
      return [first.status, second.status, second.headers.get('retry-after'), last];
    };
    const recorded = await talk(fetch);
    expect(recorded).toEqual([204, 429, '7', 'ECONNRESET']);
    expect(await talk(played(cassette).fetch)).toEqual(recorded);
  });

  it.each<[string, (fetch: Fetch) => Promise<unknown>]>([
    ['another path', (fetch) => fetch(`${BASE}/v1/people/find?verbose=a`, post({ id: 'a' }))],
    ['another method', (fetch) => fetch(`${BASE}/v1/people/lookup?verbose=a`, { ...post({ id: 'a' }), method: 'PUT' })],
    ['another body', (fetch) => fetch(`${BASE}/v1/people/lookup?verbose=a`, post({ ids: 'a' }))],
    [
      'other values where they were the same',
      (fetch) => fetch(`${BASE}/v1/people/lookup?verbose=a`, post({ id: 'b' })),
    ],
  ])('does not answer %s, and says so', async (_what, ask) => {
    const { fetch, cassette } = createRecordingFetch(echo);
    await lookUp(fetch, 'x');
    const { fetch: replayed, problems } = played(cassette);
    await expect(ask(replayed)).rejects.toMatchObject({ cause: { code: 'CASSETTE_DIFFERS' } });
    expect(problems()).toEqual([expect.stringMatching(/^request 1: .* instead of /), '1 exchanges were not played']);
  });

  it('is over when it is over', async () => {
    const { fetch, problems } = createReplayingFetch({ keep: [], exchanges: [] });
    await expect(fetch(`${BASE}/a`, {})).rejects.toThrow('fetch failed');
    expect(problems()).toHaveLength(1);
  });

  it('whatever was said, the same said again is answered the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), async (bodies) => {
        // What only the CRM has said so far, an adapter can but repeat: it comes back as a stand-in.
        const answers = bodies.map(
          (body) => JSON.parse(JSON.stringify({ again: body, more: [UNASKED, body] })) as Json,
        );
        let next = 0;
        const { fetch, cassette } = createRecordingFetch(async () => Response.json(answers[next++]));
        const talk = async (one: Fetch) => {
          for (const body of bodies) await one(`${BASE}/a`, post({ body: body as Json }));
        };
        await talk(fetch);
        const { fetch: replayed, problems } = played(cassette);
        await talk(replayed);
        expect(problems()).toEqual([]);
      }),
    );
  });
});
