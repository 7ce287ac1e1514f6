import type { DocumentKey, Documents, Listed, ListRange, PutOptions, Stored } from '../ports.ts';

/** A document's key within one tenant. */
export type TenantKey = Omit<DocumentKey, 'tenant'>;

/** The documents of one tenant: no key of another can be written down here (promise 10). */
export interface TenantDocuments {
  get<T>(key: TenantKey): Promise<Stored<T> | undefined>;
  getMany<T>(keys: TenantKey[]): Promise<(Stored<T> | undefined)[]>;
  put<T>(key: TenantKey, value: T, options: PutOptions): Promise<boolean>;
  all<T>(key: Omit<TenantKey, 'sort'>): Promise<{ sort: string; value: T }[]>;
  listed(list: string, range: ListRange): Promise<Listed[]>;
  add(key: TenantKey, by: number, expiresAt: number): Promise<number>;
}

/** Binds documents to a tenant. Each method is the one of `Documents`, the tenant filled in. */
export function bindTenant(documents: Documents, tenant: string): TenantDocuments {
  return {
    get: (key) => documents.get({ ...key, tenant }),
    getMany: (keys) => documents.getMany(keys.map((key) => ({ ...key, tenant }))),
    put: (key, value, options) => documents.put({ ...key, tenant }, value, options),
    all: (key) => documents.all({ ...key, tenant }),
    listed: (list, range) => documents.listed(tenant, list, range),
    add: (key, by, expiresAt) => documents.add({ ...key, tenant }, by, expiresAt),
  };
}
