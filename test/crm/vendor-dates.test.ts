import { VENDOR_DATES, type VendorDate, vendorFindings } from '../../lib/crm/vendor-dates.ts';

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const checks = (vendor: VendorDate['vendor'], day: string, version?: string) =>
  vendorFindings(vendor, at(day), version).map(({ check, ok }) => `${ok ? 'warns' : 'fails'} ${check}`);

describe('dates of vendors', () => {
  it('warn a year before the version in use ends, and say afterwards that it has ended', () => {
    expect(checks('hubspot', '2026-11-26', '2026-09')).toEqual([]);
    expect(checks('hubspot', '2026-11-26', '2026-03')).toEqual(['warns support for 2026-03']);
    expect(checks('hubspot', '2026-09-01', '2026-03')).toEqual([]);
    expect(checks('hubspot', '2027-10-01', '2026-03')).toContain('fails support for 2026-03');
    expect(checks('hubspot', '2028-04-01', '2026-09')).toContain('fails support for 2026-09');
  });

  it('warn half a year before anything else ends, and never of a version that is not in use', () => {
    expect(checks('hubspot', '2027-03-01', '2026-09')).toEqual([]);
    expect(checks('hubspot', '2027-04-10', '2026-09')).toEqual([
      'warns support for 2026-09',
      'warns support for legacy private apps',
    ]);
    expect(checks('http', '2040-01-01')).toEqual([]);
  });

  it('name the day, the page, and where to read what to change to', () => {
    const [finding] = vendorFindings('hubspot', at('2026-11-26'), '2026-03');
    expect(finding?.advice).toMatch(/ends on 2027-09-30 \(https:\/\/developers\.hubspot\.com\/.+\).+docs\/vendors\.md/);
  });

  it('are days, and each has its page', () => {
    for (const { endsOn = '2030-01-01', source, readOn } of VENDOR_DATES) {
      for (const day of [endsOn, readOn]) expect(new Date(day).toISOString().slice(0, 10)).toBe(day);
      expect(source).toMatch(/^https:\/\//);
    }
  });
});
