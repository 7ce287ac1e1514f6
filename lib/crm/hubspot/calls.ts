import { ConfigError } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Fetch, Now } from '../../ports.ts';
import { checkBaseUrl } from '../base-url.ts';
import { type CrmCall, type CrmResponse, createCrmClient } from '../client.ts';
import { createLocalRateBudget, type RateBudget } from '../rate-budget.ts';
import { hubspotFailure, isHubspotError } from './failures.ts';
import { createPace } from './pace.ts';
import { HUBSPOT_API_VERSION } from './settings.ts';

export interface HubspotAccess {
  /** Default: HubSpot's own. */
  baseUrl?: string;
  /** Accepts an http:// base URL that is not this machine. */
  allowInsecure?: boolean;
  /** A service key, the access token of a private app, or an OAuth token that something else renews. */
  token: string;
  /** `2026-09` if left out. */
  apiVersion?: string;
  fetch: Fetch;
  now: Now;
  sleep: (ms: number) => Promise<void>;
  /** Milliseconds for one call. */
  timeoutMs: number;
  /** Shared by all workers of the tenant; default: this process only. */
  budget?: RateBudget;
}

/** Where a call goes; each has a version in its path: `/crm/objects/2026-09/contacts`. */
type Target = { contacts: string } | { properties: string } | { path: string };

export type HubspotCall = Target & {
  method: CrmCall['method'];
  label: string;
  repeatable: boolean;
  body?: JsonObject;
  /** Milliseconds that it may wait for its turn under the rate limit. */
  patienceMs: number;
  /** A status other than 2xx that is an answer here, not a failure; HubSpot's own body must come with it. */
  accepts?: number;
};

/** @throws CrmError for every answer that is neither 2xx nor accepted. */
export type HubspotCalls = (call: HubspotCall) => Promise<CrmResponse>;

export const HUBSPOT_URL = 'https://api.hubapi.com';

// An event that has not begun can wait in the queue, where it keeps no worker from another tenant; one that is half done
// should be finished.
const PATIENCE_TO_BEGIN_MS = 500;
const PATIENCE_MS = 3_000;
export const BEGINS = { repeatable: true, patienceMs: PATIENCE_TO_BEGIN_MS };
export const READS = { repeatable: true, patienceMs: PATIENCE_MS };
export const WRITES = { repeatable: false, patienceMs: PATIENCE_MS };

/** The one door to HubSpot: below the rate limit, with the token, failures sorted. @throws ConfigError at once. */
export function createHubspotCalls(access: HubspotAccess): HubspotCalls {
  if (!/^[\x21-\x7e]+$/.test(access.token))
    throw new ConfigError('the HubSpot token is empty or has characters that no token has: copy it again');
  const { baseUrl = HUBSPOT_URL, apiVersion = HUBSPOT_API_VERSION, now } = access;
  checkBaseUrl(baseUrl, { setting: 'baseUrl', allowInsecure: access.allowInsecure });
  const send = createCrmClient({ ...access, vendor: 'hubspot', baseUrl });
  const pace = createPace({ ...access, budget: access.budget ?? createLocalRateBudget(now) });
  const headers = { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' };
  return async ({ patienceMs, accepts, body, ...call }) => {
    await pace.turn(`${call.method} ${call.label}`, patienceMs);
    const path = pathOf(call, apiVersion);
    const response = await send({ ...call, path, headers, ...(body && { body: JSON.stringify(body) }) });
    const pausedUntil = await pace.learn(response);
    if (response.status >= 200 && response.status < 300) return response;
    if (response.status === accepts && isHubspotError(response)) return response;
    throw hubspotFailure({ ...call, properties: namesIn(body?.properties) }, response, { now, pausedUntil });
  };
}

/** https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide */
function pathOf(target: Target, apiVersion: string): string {
  if ('contacts' in target) return `/crm/objects/${apiVersion}/contacts${target.contacts}`;
  if ('properties' in target) return `/crm/properties/${apiVersion}/contacts${target.properties}`;
  return target.path;
}

/** A read names properties in a list, a write in a map. */
const namesIn = (properties: Json | undefined) =>
  Array.isArray(properties) ? properties.map(String) : Object.keys(properties ?? {});
