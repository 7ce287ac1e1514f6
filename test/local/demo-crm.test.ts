import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCommandHttpCrm } from '../../lib/crm/http/command-http.ts';
import type { JsonObject } from '../../lib/json.ts';
import { startDemoCrm } from '../../lib/local/demo-crm/demo-crm.ts';
import type { MergeCommand } from '../../lib/ports.ts';
import { addContact, getJson, post } from './sender.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
type Demo = Awaited<ReturnType<typeof startDemoCrm>>;

let demo: Demo;
const closing: Demo[] = [];

async function startDemo(file?: string): Promise<Demo> {
  const started = await startDemoCrm({ secret: SECRET, now: Date.now, ...(file !== undefined && { file }) });
  closing.push(started);
  return started;
}

beforeEach(async () => {
  demo = await startDemo();
});
afterEach(() => Promise.all(closing.splice(0).map((one) => one.close(0))));

const command = (survivorId: string, loserIds: string[], changed: JsonObject = {}): MergeCommand => ({
  tenant: 'local',
  eventId: `${survivorId}<${loserIds.join()}`,
  survivorId,
  loserIds,
  changed,
  old: {},
  mergedContacts: [],
  triggeredAt: '2026-11-20T08:00:00.000Z',
  operatorId: '34',
  origin: 'normal',
});

const crmWith = (secret: string, now = Date.now) =>
  createCommandHttpCrm({ endpoint: demo.endpoint, secret, fetch, now, timeoutMs: 20_000 });
const send = (one: MergeCommand, key = one.eventId.replace(/\W/g, '_')) => crmWith(SECRET).send(one, key);
const contact = (id: string) => getJson<{ fields?: JsonObject; mergedInto?: string }>(`${demo.url}/contacts/${id}`);

describe('the demo CRM merges', () => {
  beforeEach(async () => {
    await addContact(demo.url, 'main', { remark: 'mine', email: '', tags: [] });
    await addContact(demo.url, 'loser', { remark: 'theirs', email: 'first@example.com' });
    await addContact(demo.url, 'other', { email: 'second@example.com', tags: ['t'] });
  });

  it('the survivor’s values stand, its blanks are filled from the losers in turn, and the losers are gone', async () => {
    expect(await send(command('main', ['loser', 'other']))).toEqual({ outcome: 'done' });
    expect((await contact('main')).fields).toEqual({ remark: 'mine', email: 'first@example.com', tags: ['t'] });
    expect(await contact('loser')).toMatchObject({ mergedInto: 'main' });
  });

  it('what the event changed is written after that, emptied fields included', async () => {
    const custom = [
      { id: 'field1', type: 'text', value: '"文"' },
      { id: 'field2', type: 'checkbox', value: '["a","b"]' },
      { id: 'field3', type: 'text', value: 'not JSON' },
    ];
    await send(command('main', ['loser'], { remark: '', email: 'new@example.com', customFields: custom }));
    expect((await contact('main')).fields).toEqual({
      email: 'new@example.com',
      'customFields.field1': '文',
      'customFields.field2': ['a', 'b'],
      'customFields.field3': 'not JSON',
    });
  });

  it('a loser that is unknown changes nothing', async () => {
    expect(await send(command('main', ['nobody']))).toEqual({ outcome: 'done' });
    expect((await contact('main')).fields).toEqual({ remark: 'mine' });
  });

  it('the record of a known loser becomes that of a survivor who is unknown', async () => {
    expect(await send(command('newcomer', ['nobody', 'loser']))).toEqual({ outcome: 'done' });
    expect((await contact('newcomer')).fields).toEqual({ remark: 'theirs', email: 'first@example.com' });
    expect(await contact('loser')).toMatchObject({ mergedInto: 'newcomer' });
  });

  it('contacts of which none is known are an answer, and nothing is done', async () => {
    expect(await send(command('nobody', ['no-one']))).toEqual({ outcome: 'unknown-contacts' });
    expect(await getJson(`${demo.url}/merges`)).toEqual({ merges: [], pairs: [] });
  });

  it('the same command again takes effect once, and is counted; under another id it is another command', async () => {
    const once = command('main', ['loser'], { remark: 'after' });
    for (const _time of [1, 2, 3]) expect(await send(once, 'key')).toEqual({ outcome: 'done' });
    expect(await getJson(`${demo.url}/merges`)).toMatchObject({ merges: [{ deliveries: 3 }], pairs: [{ effects: 1 }] });
    await send(once, 'another-key');
    expect(await getJson(`${demo.url}/merges`)).toMatchObject({ pairs: [{ effects: 2 }] });
  });

  it('promise 6: contradicts what cannot be: a loser that went elsewhere, a survivor that is gone', async () => {
    await send(command('main', ['loser']));
    const elsewhere = { outcome: 'contradiction', code: 'loser-merged-elsewhere' };
    expect(await send(command('other', ['loser']))).toEqual(elsewhere);
    expect(await send(command('loser', ['other']))).toEqual({ outcome: 'contradiction', code: 'survivor-merged-away' });
  });

  it('refuses commands that are not signed with its secret, or long ago', async () => {
    for (const crm of [crmWith('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'), crmWith(SECRET, () => Date.now() - 600_000)])
      await expect(crm.send(command('main', ['loser']), 'key')).rejects.toMatchObject({ kind: 'auth' });
    expect((await contact('loser')).fields).toBeDefined();
  });

  it('is not talked into anything by a page in the browser', async () => {
    const form = { 'content-type': 'text/plain' };
    expect(await post(`${demo.url}/contacts`, '{"id":"x","fields":{}}', form)).toMatchObject({ status: 415 });
    expect(await contact('x')).toMatchObject({ error: 'no such contact' });
  });

  it('shows lists and what has parts as people write them, not as JSON', async () => {
    await addContact(demo.url, 'listed', { mobiles: ['13800000001', '13800000002'], address: { city: '上海', no: 7 } });
    const page = await (await fetch(demo.url)).text();
    expect(page).toContain('<dd>13800000001, 13800000002</dd>');
    expect(page).toContain('<dd>上海 7</dd>');
  });

  it('shows values as text, whatever is in them', async () => {
    await addContact(demo.url, '<script>alert(1)</script>', { '<b>': '"><img src=x>' });
    const page = await (await fetch(demo.url)).text();
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).not.toMatch(/<script|<img|<b>"/);
  });
});

describe('the demo CRM with a file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'demo-crm-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('knows after a restart what it knew, and drops an entry that was cut off in the middle', async () => {
    const file = path.join(folder, 'demo.jsonl');
    demo = await startDemo(file);
    await addContact(demo.url, 'main', { remark: '好' });
    await addContact(demo.url, 'loser', { email: 'l@example.com' });
    await send(command('main', ['loser']), 'key');
    const [contacts, merges] = await Promise.all(['contacts', 'merges'].map((what) => getJson(`${demo.url}/${what}`)));
    await addContact(demo.url, 'torn', { remark: 'x' });
    truncateSync(file, statSync(file).size - 3);
    demo = await startDemo(file);
    expect(await getJson(`${demo.url}/contacts`)).toEqual(contacts);
    expect(await getJson(`${demo.url}/merges`)).toEqual(merges);
    await addContact(demo.url, 'later', { remark: 'y' });
    demo = await startDemo(file);
    expect((await contact('later')).fields).toEqual({ remark: 'y' });
  });
});
