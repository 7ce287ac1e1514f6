import { CrmError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { CrmResponse } from '../client.ts';
import type { Finding } from '../finding.ts';
import { createHubspotCalls, type HubspotCalls } from './calls.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY, type HubspotOptions } from './hubspot.ts';
import { createProperty, type PropertyWanted, readProperty } from './properties.ts';

export interface HubspotExamination extends HubspotOptions {
  /** Every property that the tenant's mapping writes. */
  mapped: string[];
  /** Create our own properties where they are missing. */
  fix: boolean;
}

type Doctor = HubspotExamination & { calls: HubspotCalls; idProperty: string; absorbedIdsProperty: string };

/**
 * Looks at everything that HubSpot must have for merges to work; changes nothing but, with `fix`, our own properties.
 * Contacts are neither read nor written.
 */
export async function examineHubspot(options: HubspotExamination): Promise<Finding[]> {
  const { idProperty = HUBSPOT_ID_PROPERTY, absorbedIdsProperty = HUBSPOT_ABSORBED_IDS_PROPERTY } = options;
  const doctor: Doctor = { ...options, calls: createHubspotCalls(options), idProperty, absorbedIdsProperty };
  const access = await checkAccess(doctor);
  if (!access.response) return [access.check];
  const checks = [
    access.check,
    await checkScopes(doctor),
    await checkOwnProperty(doctor, idPropertyOf(doctor)),
    await checkOwnProperty(doctor, absorbedIdsPropertyOf(doctor)),
  ];
  for (const name of new Set(options.mapped)) checks.push(await checkMappedProperty(doctor, name));
  return [...checks, checkLimits(access.response), checkClock(access.response, options.now())];
}

const idPropertyOf = ({ idProperty }: Doctor): PropertyWanted => ({
  name: idProperty,
  label: 'Dustess contact id',
  description: 'The contact’s id in 尘锋 SCRM. Merges find contacts by it: do not edit.',
  fieldType: 'text',
  hasUniqueValue: true,
});

const absorbedIdsPropertyOf = ({ absorbedIdsProperty }: Doctor): PropertyWanted => ({
  name: absorbedIdsProperty,
  label: 'Dustess contact ids merged into this one',
  description: 'Ids in 尘锋 SCRM of the contacts that were merged into this one, separated by semicolons.',
  fieldType: 'textarea',
  hasUniqueValue: false,
});

async function checkAccess({ calls, idProperty }: Doctor): Promise<{ check: Finding; response?: CrmResponse }> {
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
const TOKEN_INFO = '/oauth/v2/private-apps/get/access-token-info';

/** HubSpot tells the scopes of a private app's token to whoever has it. */
async function checkScopes({ calls, token, fix }: Doctor): Promise<Finding> {
  const needed = fix ? [...NEEDED, NEEDED_TO_FIX] : NEEDED;
  const call = { method: 'POST' as const, path: TOKEN_INFO, label: 'the scopes of the token', repeatable: true };
  try {
    const response = await calls({ ...call, body: { tokenKey: token }, patienceMs: 10_000 });
    const { scopes } = JSON.parse(response.text) as JsonObject;
    const missing = needed.filter((scope) => !(Array.isArray(scopes) && scopes.includes(scope)));
    if (missing.length === 0) return { check: 'scopes', ok: true, advice: `has ${needed.join(', ')}` };
    const advice = `add ${missing.join(', ')} to the app in HubSpot and take over the new token if it gets one`;
    return { check: 'scopes', ok: false, advice };
  } catch {
    const advice = `not told: HubSpot does so for private apps only; needed are ${needed.join(', ')}`;
    return { check: 'scopes', ok: true, advice };
  }
}

async function checkOwnProperty({ calls, fix }: Doctor, wanted: PropertyWanted): Promise<Finding> {
  const check = `property ${wanted.name}`;
  try {
    const { property } = await readProperty(calls, wanted.name);
    if (property?.archived) return { check, ok: false, advice: 'it is archived: restore it in HubSpot’s settings' };
    if (property && wanted.hasUniqueValue && !property.hasUniqueValue) return { check, ok: false, advice: NOT_UNIQUE };
    if (property?.type && property.type !== 'string')
      return { check, ok: false, advice: `it is of type ${property.type}, text is needed: choose another name` };
    if (property) return { check, ok: true, advice: wanted.hasUniqueValue ? 'there, values are unique' : 'there' };
    if (!fix) return { check, ok: false, advice: 'not there: run the doctor with --fix to create it' };
    await createProperty(calls, wanted);
    return { check, ok: true, advice: 'created' };
  } catch (error) {
    return { check, ok: false, advice: adviceOn(error) };
  }
}

const NOT_UNIQUE =
  'its values need not be unique, and HubSpot allows to ask for that only when a property is created: ' +
  'choose another name for the id property, run the doctor with --fix, and copy the ids over';

async function checkMappedProperty({ calls }: Doctor, name: string): Promise<Finding> {
  const check = `mapped property ${name}`;
  try {
    const { property } = await readProperty(calls, name);
    if (!property || property.archived)
      return { check, ok: false, advice: 'not there: correct the mapping or create it in HubSpot' };
    if (property.readOnly)
      return { check, ok: false, advice: 'HubSpot does not let it be written: correct the mapping' };
    return { check, ok: true, advice: `there, of type ${property.type}` };
  } catch (error) {
    return { check, ok: false, advice: adviceOn(error) };
  }
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

const MOST_SKEW_SECONDS = 60;

function checkClock({ headers }: CrmResponse, now: number): Finding {
  const at = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(at)) return { check: 'clock', ok: true, advice: 'not told' };
  const seconds = Math.round(Math.abs(now - at) / 1000);
  const ok = seconds <= MOST_SKEW_SECONDS;
  const advice = `${seconds} s from HubSpot’s${ok ? '' : ': set this machine’s clock, signatures and ages depend on it'}`;
  return { check: 'clock', ok, advice };
}

const TO_DO: Record<CrmError['kind'], string> = {
  auth: 'create a private app in HubSpot with the scopes that the README lists and set its access token',
  permanent: 'check the base URL',
  'retry-soon': 'check the base URL and that this network may reach it, then try again',
  'retry-after': 'try again later',
  ambiguous: 'run the doctor again to see what became of it',
};

function adviceOn(error: unknown): string {
  if (!(error instanceof CrmError)) throw error;
  return `${error.message}: ${TO_DO[error.kind]}`;
}
