import type { SimulatedEvent } from './simulated-account.ts';

export interface History {
  events: SimulatedEvent[];
  contacts: string[];
}

/**
 * Of ten events six are pairs of their own, two belong to chains of ten, and two to hot contacts of a
 * hundred merges (fewer in a short history, where one contact's turn after turn would take longer than all the rest). */
export function mixedHistory(tenant: string, count: number): History {
  const depth = Math.max(2, Math.min(100, Math.floor(count / 100)));
  const events = Array.from({ length: count }, (_, index): SimulatedEvent => {
    const id = `${tenant}-event-${index}`;
    const changed = { remark: `remark ${index}` };
    if (index % 10 < 6) return { tenant, id, survivor: `pair-${index}-a`, losers: [`pair-${index}-b`], changed };
    const place = Math.floor(index / 10) * 2 + (index % 2);
    if (index % 10 < 8) {
      const [chain, link] = [Math.floor(place / 10), place % 10];
      return { tenant, id, survivor: `chain-${chain}-${link + 1}`, losers: [`chain-${chain}-${link}`], changed };
    }
    return { tenant, id, survivor: `hot-${Math.floor(place / depth)}`, losers: [`cold-${place}`], changed };
  });
  return { events, contacts: contactsOf(events) };
}

/** Events that are all about one contact. */
export function hotHistory(tenant: string, count: number): History {
  const events = Array.from({ length: count }, (_, index): SimulatedEvent => {
    const changed = { remark: `remark ${index}` };
    return { tenant, id: `${tenant}-hot-${index}`, survivor: 'hot', losers: [`cold-${index}`], changed };
  });
  return { events, contacts: contactsOf(events) };
}

/** Pairs of their own. */
export function pairs(tenant: string, count: number): History {
  const events = Array.from({ length: count }, (_, index): SimulatedEvent => {
    const id = `${tenant}-pair-${index}`;
    return { tenant, id, survivor: `${id}-a`, losers: [`${id}-b`], changed: { remark: `remark ${index}` } };
  });
  return { events, contacts: contactsOf(events) };
}

const contactsOf = (events: SimulatedEvent[]) => [
  ...new Set(events.flatMap(({ survivor, losers }) => [survivor, ...losers])),
];
