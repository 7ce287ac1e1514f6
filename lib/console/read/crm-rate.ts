import type { RateState } from '../../crm/rate-budget.ts';
import type { Documents } from '../../ports.ts';
import type { Language } from '../../sentence.ts';
import { ageIn, tellIn } from '../texts/texts.ts';

const KINDS = ['hubspot', 'salesforce', 'dynamics', 'pipedrive', 'tryton', 'http'];

/** The rate limit as the workers share it, of whichever CRM the tenant has; it has one at a time. */
export async function readRate(rates: Documents, tenant: string): Promise<RateState | undefined> {
  const found = await rates.getMany<RateState>(KINDS.map((id) => ({ tenant, kind: 'rate', id })));
  return found.find((one) => one !== undefined)?.value;
}

/** How fast the CRM is called now, and at most. @param now milliseconds since 1970 */
export function rateText(rate: RateState | undefined, language: Language, now: number) {
  const tell = tellIn(language);
  if (!rate) return { value: tell('overview.rateFree') };
  const note = tell('overview.rateShare', { percent: Math.round(rate.share * 100) });
  const age = (until: number) => ({ age: ageIn(language, until - now) });
  if (rate.pausedUntil > now) return { value: tell('overview.ratePaused', age(rate.pausedUntil)), note };
  if (rate.takenUntil > now) return { value: tell('overview.rateQueue', age(rate.takenUntil)), note };
  return { value: tell('overview.rateFree'), note };
}
