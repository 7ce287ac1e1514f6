import { randomBytes } from 'node:crypto';
import { newWebhookSecret } from '../../lib/crm/http/standard-webhooks.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { sealed } from '../dustess/sealing.ts';
import { run } from './console.ts';

const MAPPING = JSON.stringify({ remark: 'nickname', gender: { to: 'sex', options: { 1: 'male', 2: 'female' } } });
const files = { 'mapping.json': MAPPING };

describe('merge-sync map', () => {
  it('shows what becomes of an invented contact', async () => {
    const { code, out, err } = await run(['map', '--check', 'mapping.json'], { files });
    expect(out).toContain('remark "样例客户"  → nickname = "样例客户"\ngender 2  → sex = "female"');
    expect(err).toBe('2 properties would be written; of the mapped fields none is left alone');
    expect(code).toBe(0);
  });

  it('takes CRM settings that hold a mapping, and the mapping from stdin', async () => {
    const settings = JSON.stringify({ crm: { kind: 'hubspot', token: 'secret' }, mapping: JSON.parse(MAPPING) });
    const { code, out } = await run(['map', '--check', '-'], { stdin: settings });
    expect(out).toContain('gender 2  → sex = "female"');
    expect(out).not.toContain('secret');
    expect(code).toBe(0);
  });

  it('shows what an event would write under the settings’ own policy', async () => {
    const event = JSON.stringify(SAMPLE_ENVELOPE);
    const crm = { kind: 'hubspot', token: 'secret' };
    const settings = { crm, policy: { fields: 'snapshot' }, mapping: JSON.parse(MAPPING) };
    const { code, out, err } = await run(['map', '--check', 'crm.json', '--event', 'event.json'], {
      files: { 'event.json': event, 'crm.json': JSON.stringify(settings) },
    });
    expect(out).toContain('ids of the losers  → dustess_merged_contact_ids = "');
    expect(out).toContain('remark "eaasdadasd"  → nickname = "eaasdadasd"');
    expect(out).toContain('gender 0  ✗ left alone: is not listed in options');
    expect(err).toContain('1 cannot be converted and would be left alone');
    expect(code).toBe(0);
  });

  it('shows what the merge did not change as not written', async () => {
    const body = { ...SAMPLE_ENVELOPE.body, changed: { gender: 1 }, old: { remark: 'before' } };
    const { out, err } = await run(['map', '--check', 'mapping.json', '--event', 'event.json'], {
      files: { ...files, 'event.json': JSON.stringify({ ...SAMPLE_ENVELOPE, body }) },
    });
    expect(out).toContain('gender 1  → sex = "male"');
    expect(out).toContain('remark "before"  – not written: this merge did not change it');
    expect(err).toBe('1 property would be written; of the mapped fields none is left alone');
  });

  it('shows the command that an http CRM would get', async () => {
    const crm = { kind: 'http', endpoint: 'https://crm.example/merges', secret: newWebhookSecret(randomBytes) };
    const { code, out, err } = await run(['map', '--check', '-'], { stdin: JSON.stringify({ crm }) });
    expect(JSON.parse(out)).toMatchObject({ survivorId: 'SURVIVOR', loserIds: ['LOSER'], changed: { gender: 2 } });
    expect(err).toContain('one command would be sent, with the changed fields remark, gender, ');
    expect(out).not.toContain(crm.secret);
    expect(code).toBe(0);
  });

  it('prints JSON for scripts', async () => {
    const { out } = await run(['map', '--check', 'mapping.json', '--json'], { files });
    const { fields, absent, write } = JSON.parse(out);
    expect(write).toEqual({ nickname: '样例客户', sex: 'female' });
    expect(fields.find(({ key }: { key: string }) => key === 'gender')).toEqual({
      key: 'gender',
      value: 2,
      decision: 'write',
      writes: [{ property: 'sex', value: 'female', overwrite: 'always' }],
    });
    expect(absent).toEqual([]);
  });

  const ofAnother = JSON.stringify({ ...SAMPLE_ENVELOPE, action: 'OTHER' });
  const isSealed = JSON.stringify({ ...SAMPLE_ENVELOPE, body: sealed('{}') });
  it.each([
    ['a wrong mapping', { 'mapping.json': '{"remrk":"x"}' }, [], '`remrk` is no documented field of 尘锋'],
    ['a mapping that is no JSON', { 'mapping.json': 'secret' }, [], 'mapping.json: is not valid JSON'],
    ['no mapping at all', {}, [], 'mapping.json cannot be read (ENOENT)'],
    ['a sealed event', { ...files, e: isSealed }, ['--event', 'e'], 'open it with merge-sync decrypt --json first'],
    ['another kind of event', { ...files, e: ofAnother }, ['--event', 'e'], 'only merges are mapped'],
    ['an event that is none', { ...files, e: 'secret' }, ['--event', 'e'], 'not a callback: give JSON such as'],
    [
      'an event without a survivor',
      { ...files, e: JSON.stringify({ ...SAMPLE_ENVELOPE, body: {} }) },
      ['--event', 'e'],
      'the event cannot be read: mainID',
    ],
  ])('refuses %s with exit code 2, and says why without quoting it', async (_, given, more, why) => {
    const { code, out, err } = await run(['map', '--check', 'mapping.json', ...more], {
      files: given as Record<string, string>,
    });
    expect(err).toContain(why);
    expect(err).not.toContain('secret');
    expect([code, out]).toEqual([2, '']);
  });
});
