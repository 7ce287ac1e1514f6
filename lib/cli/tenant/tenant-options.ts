import { isTenantName } from '../../tenant-list.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { prefixOf, type ServiceOptions } from '../service-options.ts';
import { openParameterStore, type ParameterStore } from './parameter-store.ts';

export interface TenantOptions extends ServiceOptions {
  door?: string;
  crm?: string;
  keep: string;
  finish?: true;
  kmsKey?: string;
  dryRun?: true;
  yes?: true;
  confirm?: string;
  force?: true;
}

export const KINDS = ['door', 'crm'] as const;
export type Kind = (typeof KINDS)[number];

/** One tenant's place in the parameter store. */
export interface Place {
  store: ParameterStore;
  tenant: string;
  /** With its slash. */
  prefix: string;
  nameOf(kind: Kind): string;
}

/** @throws UsageError */
export async function placeOf(tenant: string | undefined, options: TenantOptions, io: Io): Promise<Place> {
  if (options.local)
    throw new UsageError('the embedded stack has one tenant, and its settings are the variables of npm start');
  if (tenant === undefined) throw new UsageError('name the tenant, as in merge-sync tenant show main');
  if (!isTenantName(tenant))
    throw new UsageError(
      `${printableId(tenant)} cannot be a tenant: a-z, 0-9, - and _, 63 characters at most, a letter or digit first`,
    );
  const prefix = `/${prefixOf(options, io)}`;
  return { store: await openParameterStore(), tenant, prefix, nameOf: (kind) => `${prefix}/${tenant}/${kind}` };
}

/** @throws UsageError */
export const noSuchTenant = ({ tenant, prefix }: Place): UsageError =>
  new UsageError(`there is no tenant ${tenant} below ${prefix}: merge-sync tenant list shows those that there are`);

export const NOT_LISTED = 'one that is not in the list is known only where the deployment’s parameter tenants names it';
