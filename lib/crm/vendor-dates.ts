import type { Finding } from './finding.ts';

/** What a vendor has announced, where it was read, and on which day. `docs/vendors.md` has the same rows: a test compares. */
export interface VendorDate {
  vendor: 'http' | 'hubspot' | 'salesforce' | 'tryton' | 'aws';
  /** What ends: a version as in the settings, or a way of doing things. */
  what: string;
  /** Days as `2027-09-30`; `undefined` where none has been announced. */
  endsOn: string | undefined;
  source: string;
  readOn: string;
}

const VERSIONING = 'https://developers.hubspot.com/docs/developer-tooling/platform/versioning';
const SALESFORCE_VERSIONS = 'https://developer.salesforce.com/docs/platform/api-metadata/guide/meta-api-eol.html';
const TRYTON_RELEASES = 'https://discuss.tryton.org/t/release-process/395';
const LAMBDA_RUNTIMES = 'https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html';
const LEGACY = 'https://developers.hubspot.com/changelog/legacy-apis-and-legacy-apps-whats-going-unsupported-and-when';

/** A version of HubSpot's is supported for 18 months; months without a day count to their last. */
export const VENDOR_DATES: VendorDate[] = [
  { vendor: 'hubspot', what: '2026-09', endsOn: '2028-03-31', source: VERSIONING, readOn: '2026-11-26' },
  { vendor: 'hubspot', what: '2026-03', endsOn: '2027-09-30', source: VERSIONING, readOn: '2026-11-26' },
  { vendor: 'hubspot', what: 'v3', endsOn: '2027-09-30', source: LEGACY, readOn: '2026-11-26' },
  { vendor: 'hubspot', what: 'legacy private apps', endsOn: '2027-09-30', source: LEGACY, readOn: '2026-11-26' },
  {
    vendor: 'http',
    what: 'Standard Webhooks v1',
    endsOn: undefined,
    source: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
    readOn: '2026-11-26',
  },
  { vendor: 'salesforce', what: '62.0', endsOn: undefined, source: SALESFORCE_VERSIONS, readOn: '2026-11-26' },
  {
    vendor: 'salesforce',
    what: 'connected apps made before 2026',
    endsOn: undefined,
    source: 'https://help.salesforce.com/s/articleView?id=005228017',
    readOn: '2026-11-26',
  },
  { vendor: 'tryton', what: '6.0', endsOn: '2026-05-31', source: TRYTON_RELEASES, readOn: '2026-11-26' },
  { vendor: 'tryton', what: '7.0', endsOn: '2028-10-31', source: TRYTON_RELEASES, readOn: '2026-11-26' },
  { vendor: 'aws', what: 'nodejs24.x', endsOn: '2028-04-30', source: LAMBDA_RUNTIMES, readOn: '2026-11-27' },
];

const DAY_MS = 86_400_000;
const VERSION_NOTICE_DAYS = 365; // Time to try another version in observe mode, and to deploy it.
const NOTICE_DAYS = 183;

/** Milliseconds since 1970 at which a warning about this date begins. */
function warnFrom(ends: number, isVersion: boolean): number {
  return ends - (isVersion ? VERSION_NOTICE_DAYS : NOTICE_DAYS) * DAY_MS;
}

/**
 * Warnings for `merge-sync doctor`, the console and `npm run deploy`: the version spoken ends within a year, anything else of this vendor
 * that concerns every tenant within six months.
 * @param now milliseconds since 1970.
 * @param version the version that the settings choose: dates of other versions say nothing.
 */
export function vendorFindings(vendor: VendorDate['vendor'], now: number, version?: string): Finding[] {
  return VENDOR_DATES.filter((date) => date.vendor === vendor).flatMap(({ what, endsOn, source }): Finding[] => {
    const isVersion = what === version;
    if (endsOn === undefined || (!isVersion && isVersionName(what))) return [];
    const ends = Date.parse(`${endsOn}T23:59:59Z`);
    if (now < warnFrom(ends, isVersion)) return [];
    const tense = now > ends ? 'ended' : 'ends';
    const advice = `the vendor’s support for ${what} ${tense} on ${endsOn} (${source}); docs/vendors.md says what to change to`;
    return [{ check: `support for ${what}`, ok: now <= ends, warning: true, advice }];
  });
}

const isVersionName = (what: string) => /^(v?\d+|\d{4}-\d{2}|\d+\.\d+|nodejs\d+\.x)$/.test(what);
