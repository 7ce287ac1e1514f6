import { quoted, sameOptions } from '../../lib/cli/link/same-options.ts';

describe('the options of a command that is shown to be copied', () => {
  it.each([
    [{}, ''],
    [{ prefix: 'merge-sync-prod', tenant: 'outlet' }, ' --prefix merge-sync-prod --tenant outlet'],
    [{ local: true } as const, ' --local'],
    [{ local: 'http://127.0.0.1:3100' }, ' --local http://127.0.0.1:3100'],
    [{ crm: 'my crm.json' }, " --crm 'my crm.json'"],
  ])('%j is%s', (options, spelled) => {
    expect(sameOptions(options)).toBe(spelled);
  });

  it('a name with a quote, a blank or a dollar sign is one word for a shell', () => {
    expect(quoted("it's $5.json")).toBe("'it'\\''s $5.json'");
    expect(quoted('联系人.link.json')).toBe('联系人.link.json');
  });
});
