import { webhookKeys } from '../../lib/crm/http/standard-webhooks.ts';
import { KEYS, open, sealed } from '../dustess/sealing.ts';
import { run } from './console.ts';

describe('merge-sync keygen', () => {
  it('prints a Token and an EncodingAESKey that seal and open, and says where to paste them', async () => {
    const { code, out, err } = await run(['keygen'], { env: {} });
    const [, token = '', encodingAesKey = ''] = /^Token\s+(\S+)\nEncodingAESKey\s+(\S{43})$/.exec(out) ?? [];
    expect(open(sealed('好', { keys: { token, encodingAesKey } }), { keys: [{ token, encodingAesKey }] })).toBe('好');
    expect(err).toContain('PC 管理后台');
    expect(err).toMatch(/1\. Give both to the service/);
    expect(code).toBe(0);
  });

  it('makes the secret of a webhook: whsec_ and 32 bytes, which signs', async () => {
    const { code, out, err } = await run(['keygen', '--webhook'], { env: {} });
    expect(out).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhookKeys(out).map((key) => key.length)).toEqual([32]);
    expect(err).toContain('doctor --crm crm.json');
    const again = await run(['keygen', '--webhook', '--json']);
    expect(Object.keys(JSON.parse(again.out))).toEqual(['secret']);
    expect(JSON.parse(again.out).secret).not.toBe(out);
    expect([code, again.err]).toEqual([0, '']);
  });

  it('prints nothing but JSON with --json', async () => {
    const { code, out, err } = await run(['keygen', '--json']);
    expect(Object.keys(JSON.parse(out))).toEqual(Object.keys(KEYS));
    expect([code, err]).toEqual([0, '']);
  });

  it('takes its randomness from outside and nowhere else', async () => {
    const zeros = { randomBytes: (count: number) => Buffer.alloc(count) };
    expect((await run(['keygen', '--json'], zeros)).out).toBe(
      JSON.stringify({ token: 'A'.repeat(32), encodingAesKey: 'A'.repeat(43) }),
    );
  });
});
