import { CrmError } from '../../errors.ts';
import { objectIn } from '../../json.ts';
import type { Conversion } from '../../mapping/known-fields.ts';
import type { CrmResponse } from '../client.ts';
import { checkClock } from '../doctor-clock.ts';
import type { Finding } from '../finding.ts';
import { vendorFindings } from '../vendor-dates.ts';
import { createHubspotCalls, type HubspotCalls } from './calls.ts';
import { adviceOn, checkMappedProperty, checkOwnProperty } from './doctor-properties.ts';
import type { HubspotOptions } from './hubspot.ts';
import { scopesToCount } from './journal.ts';
import { type PropertyWanted, readProperty } from './properties.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_API_VERSION, HUBSPOT_ID_PROPERTY } from './settings.ts';

export interface HubspotExamination extends HubspotOptions {
  /** Every property that the tenant's mapping writes, with the values it may write where the mapping lists them. */
  mapped: Map<string, string[]>;
  conversions?: Map<string, Conversion>;
  /** The policy lets events create contacts. */
  creates: boolean;
  /** Create our own properties where they are missing. */
  fix: boolean;
}

/**
 * Looks at everything that HubSpot must have for merges to work; changes nothing but, with `fix`, our own properties.
 * Contacts are neither read nor written. @throws ConfigError for a token or base URL that cannot be one.
 */
export async function examineHubspot(options: HubspotExamination): Promise<Finding[]> {
  const { idProperty = HUBSPOT_ID_PROPERTY, absorbedIdsProperty = HUBSPOT_ABSORBED_IDS_PROPERTY, fix } = options;
  const { apiVersion = HUBSPOT_API_VERSION, mapped } = options;
  const calls = createHubspotCalls(options);
  const dates = vendorFindings('hubspot', options.now(), apiVersion);
  const access = await checkAccess(calls, idProperty);
  if (!access.response) return [access.check, ...dates];
  const checks = [
    access.check,
    { check: 'API version', ok: true, advice: apiVersion },
    ...dates,
    await checkScopes(calls, options),
    await checkOwnProperty(calls, idPropertyOf(idProperty), fix),
    await checkOwnProperty(calls, absorbedIdsPropertyOf(absorbedIdsProperty), fix),
  ];
  for (const [name, values] of mapped)
    checks.push(await checkMappedProperty(calls, name, { values, writes: options.conversions?.get(name) }));
  return [...checks, ...checkCreation(options), checkLimits(access.response), checkTime(access.response, options)];
}

const idPropertyOf = (name: string): PropertyWanted => ({
  name,
  label: 'Dustess contact id',
  description: 'The contact’s id in 尘锋 SCRM. Merges find contacts by it: do not edit.',
  fieldType: 'text',
  hasUniqueValue: true,
});

const absorbedIdsPropertyOf = (name: string): PropertyWanted => ({
  name,
  label: 'Dustess contact ids merged into this one',
  description: 'Ids in 尘锋 SCRM of the contacts that were merged into this one, separated by semicolons.',
  fieldType: 'textarea',
  hasUniqueValue: false,
});

async function checkAccess(
  calls: HubspotCalls,
  idProperty: string,
): Promise<{ check: Finding; response?: CrmResponse }> {
  const check = 'access token';
  try {
    const { response } = await readProperty(calls, idProperty);
    return { check: { check, ok: true, advice: 'HubSpot accepts it' }, response };
  } catch (error) {
    return { check: { check, ok: false, advice: adviceOn(error) } };
  }
}

const NEEDED = ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'crm.schemas.contacts.read'];
const NEEDED_TO_FIX = 'crm.schemas.contacts.write';
// It has no version of its own in the dated form: https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
const TOKEN_INFO = '/oauth/v2/private-apps/get/access-token-info';

/** HubSpot tells the scopes of a service key and of a private app's token to its holder. */
async function checkScopes(calls: HubspotCalls, { token, fix, journal }: HubspotExamination): Promise<Finding> {
  const needed = [...NEEDED, ...(fix ? [NEEDED_TO_FIX] : []), ...scopesToCount(journal)];
  const call = { method: 'POST' as const, path: TOKEN_INFO, label: 'the scopes of the token', repeatable: true };
  const scopes = await calls({ ...call, body: { tokenKey: token }, patienceMs: 10_000 })
    .then(({ text }) => objectIn(text).scopes)
    .catch((error: unknown) => {
      if (!(error instanceof CrmError)) throw error;
    });
  if (!Array.isArray(scopes)) return { check: 'scopes', ok: true, advice: `not told; needed are ${needed.join(', ')}` };
  const missing = needed.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return { check: 'scopes', ok: true, advice: `has ${needed.join(', ')}` };
  const advice = `add ${missing.join(', ')} to the service key or app in HubSpot, and take over its new token if it gets one`;
  return { check: 'scopes', ok: false, advice };
}

// One of these, says the guide of version 2026-09; "none", says another page of HubSpot's.
const NAMES = ['email', 'firstname', 'lastname'];

/** HubSpot does not tell the rules for required properties, so only this much can be known beforehand. */
function checkCreation({ creates, mapped }: HubspotExamination): Finding[] {
  if (!creates) return [];
  const check = 'creation of contacts';
  if (NAMES.some((name) => mapped.has(name))) return [{ check, ok: true, advice: 'a name or an email is mapped' }];
  const advice = `policy.whenMissing is "create", and HubSpot may refuse a contact without any of ${NAMES.join(', ')}: map one of them`;
  return [{ check, ok: true, warning: true, advice }];
}

function checkLimits({ headers }: CrmResponse): Finding {
  const told = (name: string) => headers.get(`x-hubspot-ratelimit-${name}`);
  const [calls, intervalMs, daily, left] = ['max', 'interval-milliseconds', 'daily', 'daily-remaining'].map(told);
  if (!calls || !intervalMs)
    return { check: 'rate limit', ok: true, advice: 'not told: the smallest account’s 100 calls in 10 s are assumed' };
  const burst = `${calls} calls in ${Number(intervalMs) / 1000} s`;
  if (!daily || !left) return { check: 'rate limit', ok: true, advice: burst };
  const advice = `${burst}; ${left} of ${daily} left today`;
  if (Number(left) >= Number(daily) / 10) return { check: 'rate limit', ok: true, advice };
  return {
    check: 'rate limit',
    ok: false,
    advice: `${advice}: merges will wait until midnight of the account’s time zone`,
  };
}

const checkTime = ({ headers }: CrmResponse, { now }: HubspotExamination) => checkClock(headers, now(), 'HubSpot');
