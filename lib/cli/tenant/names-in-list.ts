import { isTenantName, listParameterOf, listText, readListText } from '../../tenant-list.ts';
import { Refused } from '../exit.ts';
import type { ParameterStore } from './parameter-store.ts';

const TRIES = 8;

/** A tenant's parameters, of those that there are below a prefix. */
export interface TenantParameters {
  door: boolean;
  crm: boolean;
}

/** @param names of parameters; @param prefix with its slash. @returns by tenant. */
export function tenantsOf(names: string[], prefix: string): Map<string, TenantParameters> {
  const tenants = new Map<string, TenantParameters>();
  for (const name of names) {
    const [tenant = '', kind = '', ...more] = name.slice(prefix.length + 1).split('/');
    if (!isTenantName(tenant) || more.length > 0 || (kind !== 'door' && kind !== 'crm')) continue;
    tenants.set(tenant, { door: false, crm: false, ...tenants.get(tenant), [kind]: true });
  }
  return tenants;
}

interface Change {
  prefix: string;
  tenant: string;
  /** Whether the tenant's name is to stand in the list. */
  isListed: boolean;
}

/**
 * Makes the part of the list right in which a tenant's name stands: the names of all door parameters, and this one as it
 * is to be. Of two operators the one that writes last has read what the other wrote: a write that did not come right after
 * what was read is done again. @throws Refused
 */
export async function writeList(store: ParameterStore, change: Change): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) if (await wroteList(store, change)) return;
  throw new Refused('other operators write the list of tenants at the same time: run the command again');
}

async function wroteList(store: ParameterStore, { prefix, tenant, isListed }: Change): Promise<boolean> {
  const parameter = listParameterOf(prefix, tenant);
  const before = await store.read(parameter);
  const doors = [...tenantsOf(await store.namesBelow(prefix), prefix)].flatMap(([name, { door }]) =>
    door ? [name] : [],
  );
  const others = doors.filter((name) => name !== tenant && listParameterOf(prefix, name) === parameter);
  const text = listText(isListed ? [...others, tenant] : others);
  if (before?.text === text) return true;
  return store.write(parameter, { text, over: before?.version, isSecret: false });
}

/** Whether a tenant's name stands in the list. */
export async function isInList(store: ParameterStore, prefix: string, tenant: string): Promise<boolean> {
  const parameter = listParameterOf(prefix, tenant);
  const found = await store.read(parameter);
  return found !== undefined && readListText(parameter, found.text).includes(tenant);
}
