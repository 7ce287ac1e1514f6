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
  purge(key: Omit<TenantKey, 'sort'>): Promise<void>;
}

/** Binds documents to a tenant. Each method is the one of `Documents`, the tenant filled in. */
export function bindTenant(documents: Documents, tenant: string): TenantDocuments {
  const keyOf = ({ kind, id, sort }: TenantKey): DocumentKey =>
    sort === undefined ? { tenant, kind, id } : { tenant, kind, id, sort };
  return {
    get: (key) => documents.get(keyOf(key)),
    getMany: (keys) => documents.getMany(keys.map(keyOf)),
    put: (key, value, options) => documents.put(keyOf(key), value, options),
    all: (key) => documents.all(keyOf(key)),
    listed: (list, range) => documents.listed(tenant, list, range),
    add: (key, by, expiresAt) => documents.add(keyOf(key), by, expiresAt),
    purge: async (key) => documents.purge?.(keyOf(key)),
  };
}
