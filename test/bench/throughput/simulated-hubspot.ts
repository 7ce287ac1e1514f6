import type { Fetch } from '../../../lib/ports.ts';
import { createAccount, seedContact } from '../../crm/hubspot/portal-world.ts';
import type { VirtualTime } from './virtual-time.ts';

export const LIMIT = { calls: 190, intervalMs: 10_000 };

/** A HubSpot look-alike behind a network that takes its time, and what its limit was used for. */
export function createSimulatedHubspot(time: VirtualTime, random: () => number) {
  const account = createAccount({ now: time.now, limit: LIMIT });
  /** When each call that the limit let in was let in. */
  const admitted: number[] = [];
  let refused = 0;
  const fetch: Fetch = async (url, init) => {
    await time.sleep(20 + random() * 60);
    const response = await account.respond(url, init);
    if (response.status === 429) refused += 1;
    else admitted.push(time.now());
    account.seen.length = 0; // It would keep every request.
    await time.sleep(60 + random() * 200);
    return response;
  };
  return {
    fetch,
    seed: (contactId: string) => seedContact(account, contactId),
    merges: () => account.portal.merges(),
    admitted,
    refused: () => refused,
    broken: account.broken,
  };
}
