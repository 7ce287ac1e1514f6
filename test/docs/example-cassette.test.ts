import type { Fetch, RecordCrm } from 'dustess-merge-sync/adapter';
import { createRecordingFetch, createReplayingFetch } from 'dustess-merge-sync/adapter/testing';
import cassette from './acme-merge.cassette.json';
import { createAcmeCrm } from './example-crm.ts';
import { createAcmeServer } from './example-crm-server.ts';

const adapter = (fetch: Fetch) =>
  createAcmeCrm({ baseUrl: 'https://acme.example', token: 'secret', fetch, now: Date.now, timeoutMs: 1_000 });

/** Two people become one. */
async function merge(crm: RecordCrm, [survivorId, loserId]: [string, string]) {
  const found = await crm.find([survivorId, loserId], ['nickname']);
  const [survivor, loser] = found.map(({ record }) => record.recordId) as [string, string];
  const merged = await crm.merge({ survivor, losers: [loser] });
  await crm.update(merged.survivor, { values: { nickname: '小王' } });
  return crm.locate([loser]);
}

it('a cassette is recorded against the CRM once', async () => {
  const acme = createAcmeServer('secret');
  acme.add('8f14e45f-real', { nickname: '王五', mobile: '13800138000' });
  acme.add('c9f0f895-real', { nickname: '王小五' });
  const { fetch, cassette: recorded } = createRecordingFetch(async (url, init) => acme.respond(url, init), {
    keep: ['fields'],
  });
  await merge(adapter(fetch), ['8f14e45f-real', 'c9f0f895-real']);
  expect(recorded).toEqual(cassette);
  expect(JSON.stringify(recorded)).not.toMatch(/real|secret|acme|王|138001/);
});

it('and replayed for ever, offline, with any names', async () => {
  const { fetch, problems } = createReplayingFetch(cassette);
  const places = await merge(adapter(fetch), ['ada', 'bob']);
  expect([...places]).toEqual([['1000000006', { recordId: '1000000003' }]]);
  expect(problems()).toEqual([]);
});
