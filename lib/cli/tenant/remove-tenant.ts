import type { EventList } from '../../ledger/event-states.ts';
import { Refused } from '../exit.ts';
import type { Io } from '../io.ts';
import { openService } from '../service-options.ts';
import { confirmTyped, type Typed } from '../typed-confirmation.ts';
import { writeList } from './names-in-list.ts';
import { noSuchTenant, type Place, placeOf, type TenantOptions } from './tenant-options.ts';

/** Events in these lists would never be applied. */
const UNFINISHED: EventList[] = ['open', 'held'];

/**
 * Takes a tenant's name out of the list and deletes its two parameters; what the ledger knows stays. Refused while events
 * wait or are held. @throws Refused, UsageError
 */
export async function removeTenant(name: string | undefined, options: TenantOptions, io: Io): Promise<void> {
  const place = await placeOf(name, options, io);
  const { store, prefix, tenant } = place;
  const there = await parametersOf(place);
  if (there.length === 0) throw noSuchTenant(place);
  if (!options.force) await checkFinished(tenant, options, io);
  if (!options.json) for (const parameter of there) io.out(`- ${parameter}`);
  const isWanted = !options.dryRun;
  if (isWanted) {
    await confirmTyped(typedOf(tenant, io), options.confirm, io);
    // The name first: then the functions need no settings of it any more.
    await writeList(store, { prefix, tenant, isListed: false });
    await store.remove(there);
    await writeList(store, { prefix, tenant, isListed: false });
    io.err(
      'its callbacks are refused within five minutes; where the deployment’s parameter tenants names it, deploy without it',
    );
  } else io.err('nothing was removed');
  if (options.json) io.out(JSON.stringify({ tenant, removed: isWanted ? there : [] }));
}

const typedOf = (name: string, { language }: Io): Typed => ({
  expected: name,
  question: language === 'zh' ? `输入 ${name} 以移除：` : `Type ${name} to remove it: `,
  noTerminal: 'there is no terminal to ask in: say --confirm and the name of the tenant',
  otherwise: 'nothing was removed: the name given is not that of the tenant',
});

async function parametersOf({ store, prefix, nameOf }: Place): Promise<string[]> {
  const names = await store.namesBelow(prefix);
  return [nameOf('door'), nameOf('crm')].filter((name) => names.includes(name));
}

async function checkFinished(tenant: string, options: TenantOptions, io: Io): Promise<void> {
  const { ledger } = await openService({ ...options, tenant }, io);
  const before = Number.MAX_SAFE_INTEGER;
  const found = await Promise.all(UNFINISHED.map((list) => ledger.events.listed(list, { before, limit: 1 })));
  if (found.every((ids) => ids.length === 0)) return;
  throw new Refused(
    `${tenant} has events that wait or are held, and they would never be applied: see merge-sync status, or say --force`,
  );
}
