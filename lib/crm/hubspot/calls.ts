import { ConfigError } from '../../errors.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Fetch, Now } from '../../ports.ts';
import { type CrmCall, type CrmResponse, createCrmClient } from '../client.ts';
import { createLocalRateBudget, type RateBudget } from '../rate-budget.ts';
import { hubspotFailure, isHubspotError } from './failures.ts';
import { createPace } from './pace.ts';

export interface HubspotAccess {
  /** Default: HubSpot's own. */
  baseUrl?: string;
  /** Access token of a private app, or an OAuth token somebody else keeps fresh. */
  token: string;
  fetch: Fetch;
  now: Now;
  sleep: (ms: number) => Promise<void>;
  /** For one call. */
  timeoutMs: number;
  /** Shared by all workers of the tenant; default: this process only. */
  budget?: RateBudget;
}

export interface HubspotCall {
  method: CrmCall['method'];
  path: string;
  label: string;
  repeatable: boolean;
  body?: JsonObject;
  /** How long it may wait for its turn under the rate limit. */
  patienceMs: number;
  /** A status other than 2xx that is an answer here, not a failure; HubSpot's own body must come with it. */
  accepts?: number;
}

/** @throws CrmError for every answer that is neither 2xx nor accepted. */
export type HubspotCalls = (call: HubspotCall) => Promise<CrmResponse>;

export const HUBSPOT_URL = 'https://api.hubapi.com';

/** The one door to HubSpot: below the rate limit, with the token, failures sorted. @throws ConfigError at once. */
export function createHubspotCalls(access: HubspotAccess): HubspotCalls {
  if (!/^[\x21-\x7e]+$/.test(access.token))
    throw new ConfigError('the HubSpot token is empty or has characters that no token has: copy it again');
  const send = createCrmClient({ ...access, vendor: 'hubspot', baseUrl: access.baseUrl ?? HUBSPOT_URL });
  const pace = createPace({ ...access, budget: access.budget ?? createLocalRateBudget(access.now) });
  const headers = { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' };
  return async ({ patienceMs, accepts, body, ...call }) => {
    await pace.turn(`${call.method} ${call.label}`, patienceMs);
    const response = await send({ ...call, headers, ...(body && { body: JSON.stringify(body) }) });
    const rateLimitedUntil = await pace.learn(response);
    if (response.status >= 200 && response.status < 300) return response;
    if (response.status === accepts && isHubspotError(response)) return response;
    const failed = { ...call, properties: namesIn(body?.properties) };
    throw hubspotFailure(failed, response, { now: access.now, rateLimitedUntil });
  };
}

/** A read names properties in a list, a write in a map. */
const namesIn = (properties: Json | undefined) =>
  Array.isArray(properties) ? properties.map(String) : Object.keys(properties ?? {});
