import type { ContactDetails } from '../dustess/contact-event.ts';
import type { KeyBase, KnownKeys } from '../ledger/known-keys.ts';
import type { Keys } from './keys.ts';
import { sealOf } from './link-plan.ts';
import { type EventKey, keysOfTexts, pairsOf, type SearchRules } from './search-records.ts';

export interface RememberDeps {
  knownKeys: KnownKeys;
  rules: SearchRules;
  newSalt(): string;
}

/** Also those that the rules do not ask for: they may, later. */
export const EVENT_KEYS: readonly EventKey[] = ['mobile', 'email'];

/**
 * Remembers whose the numbers and addresses of an event about one contact are, whatever becomes of the event: also where
 * the contact was merged away meanwhile, for its survivor has them now. @throws StoreError
 */
export async function rememberContact(
  texts: ContactDetails,
  { knownKeys, rules, newSalt }: RememberDeps,
): Promise<void> {
  const { salt, remembered } = await knownKeys.base(newSalt);
  // Hashed as it is at home now, a number is not found any more by one that was remembered before.
  if (remembered && remembered.country !== rules.country) await knownKeys.forgetExport();
  await knownKeys.remember(texts.contactId, sealsOf(salt, keysOfTexts(texts, { ...rules, events: [...EVENT_KEYS] })));
}

/** Whether all contacts of 尘锋 are known by the keys of these rules. */
export const isExportKnown = ({ remembered }: KeyBase, { events, country }: SearchRules): boolean =>
  remembered?.country === country && events.every((key) => remembered.keys.includes(key));

const sealsOf = (salt: string, keys: Keys): string[] => pairsOf(keys).map(([key, value]) => sealOf(salt, key, value));
