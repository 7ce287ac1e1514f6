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

  it('shows what becomes of an event: what it was, overlaid with what the merge changed', async () => {
    const event = JSON.stringify(SAMPLE_ENVELOPE);
    const { code, out, err } = await run(['map', '--check', 'mapping.json', '--event', 'event.json'], {
      files: { ...files, 'event.json': event },
    });
    expect(out).toContain('remark "eaasdadasd"  → nickname = "eaasdadasd"');
    expect(out).toContain('gender 0  ✗ left alone: is not listed in options');
    expect(err).toContain('1 cannot be converted and would be left alone');
    expect(code).toBe(0);
  });

  it('prints JSON for scripts', async () => {
    const { out } = await run(['map', '--check', 'mapping.json', '--json'], { files });
    const { fields, absent } = JSON.parse(out);
    expect(fields.find(({ key }: { key: string }) => key === 'gender')).toEqual({
      key: 'gender',
      value: 2,
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
