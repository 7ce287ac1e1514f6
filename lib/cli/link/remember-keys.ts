import { PolicySchema, readSettings } from '../../config.ts';
import { inParallel } from '../../in-parallel.ts';
import { isJsonObject } from '../../json.ts';
import type { KnownKeys } from '../../ledger/known-keys.ts';
import { sealOf } from '../../linking/link-plan.ts';
import { EVENT_KEYS } from '../../linking/remember-contact.ts';
import type { ExportedContact } from '../../linking/two-sides.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Matched } from './match-file.ts';
import { createProgress } from './progress.ts';
import type { ReadMatching } from './read-options.ts';
import type { LinkTenant } from './tenant-settings.ts';

/** Where the keys of an export are remembered. */
export interface Memory {
  knownKeys: KnownKeys;
  /** Those that events are linked by. */
  needed: readonly string[];
  country: string;
}

/**
 * Whether the keys of an export can be remembered: events about single contacts have to be linked already, so that no new
 * contact is between the export and the first of them. @throws UsageError
 */
export function memoryOf({ service, settings }: LinkTenant, { keys, country }: ReadMatching): Memory {
  if (!service) throw new UsageError('--remember needs the deployment: --prefix merge-sync-prod, or --local');
  const policy = isJsonObject(settings) ? settings.policy : undefined;
  const { link } = readSettings(PolicySchema, 'policy', policy ?? {});
  if (!link)
    throw new UsageError(
      '--remember is for policy.link.events: set it, switch on the events of contacts in 尘锋, and export again',
    );
  const missing = link.events.filter((key) => !keys.includes(key));
  if (missing.length > 0) throw new UsageError(`policy.link.events needs the key ${missing[0]}, too: add it to --key`);
  if (link.country !== country)
    throw new UsageError(`policy.link.country is ${link.country}: give --country ${link.country}`);
  return { knownKeys: service.ledger.knownKeys, needed: link.events, country };
}

/** The keys that the file has. @throws UsageError where others may have a value that it does not tell of (promise 12). */
function rememberedKeys({ needed }: Memory, { columns, unusable }: Matched): string[] {
  const absent = needed.find((key) => columns[key] === undefined);
  if (absent !== undefined)
    throw new UsageError(
      `the file has no column of ${absent}, and policy.link.events needs it: export it, too, or name it with --column ${absent}="…"`,
    );
  const lost = unusable.find(({ keys }) => Object.keys(keys).length > 0);
  if (lost)
    throw new UsageError(
      `line ${lost.line} has a number or an address and no usable contact id: export the ids as text, for an export is remembered whole or not at all`,
    );
  return EVENT_KEYS.filter((key) => columns[key] !== undefined);
}

const AT_ONCE = 500; // Between two looks at the progress.

/**
 * Remembers whose the keys are, hashed. May be repeated; what was known stays known.
 * @throws StoreError; UsageError where the export does not tell of every contact and every key
 */
export async function rememberKeys(memory: Memory, matched: Matched, io: Io): Promise<void> {
  const { knownKeys, country } = memory;
  const { contacts } = matched;
  const names = rememberedKeys(memory, matched);
  const { salt } = await knownKeys.base(() => io.randomBytes(16).toString('hex'));
  const sealsOf = ({ keys }: ExportedContact) =>
    names.flatMap((name) => (keys[name] ?? []).map((value) => sealOf(salt, name, value)));
  const progress = createProgress(io, { what: 'remembering keys', total: contacts.length });
  try {
    for (let from = 0; from < contacts.length; from += AT_ONCE) {
      const some = contacts.slice(from, from + AT_ONCE);
      await inParallel(some, (contact) => knownKeys.remember(contact.contactId, sealsOf(contact)));
      progress.show(from + some.length);
    }
    const remembered = { at: io.now(), contacts: contacts.length, keys: names, country };
    await knownKeys.setBase({ salt, remembered });
  } finally {
    progress.end();
  }
}
