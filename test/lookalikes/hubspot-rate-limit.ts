export interface HubspotLimit {
  calls: number;
  intervalMs: number;
  /** Calls a day; no day ever ends here. */
  daily?: number;
}

export interface Admission {
  headers: Record<string, string>;
  refusal?: Record<string, unknown>;
}

/** HubSpot's rolling burst limit and daily quota, with the headers that tell about them. */
export function createRollingLimit(limit: HubspotLimit | undefined, now: () => number) {
  let recent: number[] = [];
  let today = 0;
  let mostAtOnce = 0;
  return {
    mostAtOnce: () => mostAtOnce,
    admit(): Admission {
      if (!limit) return { headers: {} };
      recent = recent.filter((at) => at > now() - limit.intervalMs);
      const over = limit.daily !== undefined && today >= limit.daily ? 'DAILY' : undefined;
      const burst = recent.length >= limit.calls ? 'TEN_SECONDLY_ROLLING' : undefined;
      const policyName = over ?? burst;
      if (!policyName) {
        recent.push(now());
        today += 1;
        mostAtOnce = Math.max(mostAtOnce, recent.length);
      }
      return { headers: headersOf(limit, recent.length, today), ...(policyName && { refusal: refusalOf(policyName) }) };
    },
  };
}

const headersOf = (limit: HubspotLimit, used: number, today: number) => ({
  'x-hubspot-ratelimit-max': String(limit.calls),
  'x-hubspot-ratelimit-remaining': String(limit.calls - used),
  'x-hubspot-ratelimit-interval-milliseconds': String(limit.intervalMs),
  ...(limit.daily !== undefined && {
    'x-hubspot-ratelimit-daily': String(limit.daily),
    'x-hubspot-ratelimit-daily-remaining': String(limit.daily - today),
  }),
});

const refusalOf = (policyName: string) => ({
  message: `You have reached your ${policyName.toLowerCase()} limit.`,
  errorType: 'RATE_LIMIT',
  policyName,
  requestId: '00000000-0000-4000-8000-000000000001',
});
