import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import type { Conversion } from '../../mapping/known-fields.ts';
import type { Fetch, Now } from '../../ports.ts';
import { type CrmResponse, createCrmClient } from '../client.ts';
import { checkClock } from '../doctor-clock.ts';
import type { Finding } from '../finding.ts';
import { vendorFindings } from '../vendor-dates.ts';
import { createCalls, type SalesforceCalls } from './calls.ts';
import { describeContact } from './describe.ts';
import { checkFields, type Needed } from './doctor-fields.ts';
import { VENDOR } from './failures.ts';
import { createSalesforceSession } from './oauth.ts';
import { checkInstanceUrl, DEFAULT_API_VERSION, journalOf } from './salesforce.ts';
import type { SalesforceSettings } from './settings.ts';
import { DEFAULT_ID_FIELD } from './settings.ts';
import { serverTimestampEnvelope, tellsTimestamp } from './soap.ts';

export interface Examination {
  settings: SalesforceSettings;
  /** Every property the tenant's mapping may write. */
  mapped: string[];
  conversions?: Map<string, Conversion>;
  fetch: Fetch;
  now: Now;
}

/** Looks at everything a merge will need, without changing anything. Never throws for what is wrong: it says so. */
export async function examineSalesforce(examination: Examination): Promise<Finding[]> {
  const { settings, fetch, now } = examination;
  const apiVersion = settings.apiVersion ?? DEFAULT_API_VERSION;
  const timeoutMs = settings.timeoutMs;
  const reached = await attempt('address', () => askVersions({ ...settings, fetch, timeoutMs }));
  if (!('value' in reached)) return [reached.finding];
  const version = checkVersion(reached.value, apiVersion);
  const clock = checkClock(reached.value.headers, now(), 'Salesforce');
  const first = [version, ...vendorFindings('salesforce', now(), apiVersion), clock];
  if (!version.ok) return first;
  const signedIn = await attempt('credentials', async () => {
    const session = createSalesforceSession({ ...settings, fetch, now });
    const calls = createCalls({ ...settings, apiVersion, session, fetch, now });
    return { calls, limits: await calls.rest({ method: 'GET', path: '/limits', label: '/limits', accept: [200] }) };
  });
  if (!('value' in signedIn)) return [...first, signedIn.finding];
  const { calls, limits } = signedIn.value;
  return [
    ...first,
    fine('credentials', 'accepted'),
    checkLimit(limits.body),
    await checkSoap(calls),
    ...(await checkContact(calls, neededBy(examination))),
  ];
}

const fine = (check: string, advice: string): Finding => ({ check, ok: true, advice });
const wrong = (check: string, advice: string): Finding => ({ check, ok: false, advice });

async function attempt<T>(check: string, look: () => Promise<T>): Promise<{ value: T } | { finding: Finding }> {
  try {
    return { value: await look() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { finding: wrong(check, error.message) };
  }
}

async function askVersions(options: { instanceUrl: string; fetch: Fetch; timeoutMs: number }): Promise<CrmResponse> {
  checkInstanceUrl(options.instanceUrl);
  const client = createCrmClient({ ...options, vendor: VENDOR, baseUrl: options.instanceUrl });
  return client({ method: 'GET', path: '/services/data/', label: '/services/data/', repeatable: true });
}

const Versions = v.array(v.object({ version: v.string() }));

function checkVersion(response: CrmResponse, apiVersion: string): Finding {
  const versions = v.safeParse(v.pipe(v.string(), v.parseJson(), Versions), response.text);
  if (response.status !== 200 || !versions.success)
    return wrong('address', 'this is not the address of an org; use https://….my.salesforce.com');
  if (versions.output.some(({ version }) => version === apiVersion)) return fine('API version', apiVersion);
  return wrong('API version', `the org does not have ${apiVersion}; its latest is ${versions.output.at(-1)?.version}`);
}

const Limits = v.object({ DailyApiRequests: v.object({ Max: v.number(), Remaining: v.number() }) });
const MIN_SHARE_LEFT = 0.1;

function checkLimit(body: unknown): Finding {
  const limits = v.safeParse(Limits, body);
  if (!limits.success) return wrong('daily API limit', 'the org does not tell it; the user may lack "View Setup"');
  const { Max: most, Remaining: left } = limits.output.DailyApiRequests;
  const text = `${left} of ${most} calls left for these 24 hours`;
  if (left >= most * MIN_SHARE_LEFT) return fine('daily API limit', text);
  return wrong('daily API limit', `${text}: find out who uses them, or buy more; until then merges wait`);
}

const SOAP_NEEDED = 'merging needs it: "API Enabled", and no JWT-format access tokens';

/** Merging is SOAP only, and SOAP takes fewer tokens than REST. */
async function checkSoap(calls: SalesforceCalls): Promise<Finding> {
  const call = { label: 'getServerTimestamp', envelope: serverTimestampEnvelope, repeatable: true };
  const asked = await attempt('SOAP API', () => calls.soap(call));
  if (!('value' in asked)) return wrong('SOAP API', `${asked.finding.advice}; ${SOAP_NEEDED}`);
  if (tellsTimestamp(asked.value)) return fine('SOAP API', 'accepts the token');
  return wrong('SOAP API', `answered something that is not SOAP; ${SOAP_NEEDED}`);
}

function neededBy({ settings, mapped, conversions }: Examination): Needed {
  const { idField = DEFAULT_ID_FIELD, absorbedIdsField } = settings;
  const journal = journalOf(settings);
  const read = journal === 'all' ? [] : journal;
  return { idField, absorbedIdsField, mapped, read, ...(conversions && { conversions }) };
}

async function checkContact(calls: SalesforceCalls, needed: Needed): Promise<Finding[]> {
  const described = await attempt('contacts', () => describeContact(calls));
  return 'value' in described ? checkFields(described.value, needed) : [described.finding];
}
