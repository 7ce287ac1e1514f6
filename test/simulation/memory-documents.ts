import type { DocumentKey, Documents, Listed, ListRange, PutOptions } from '../../lib/ports.ts';

interface Entry {
  json: string;
  version: number;
  expiresAt: number | undefined;
  listed: PutOptions['listed'];
}

/** The documents of lib/ports.ts in memory, every method synchronous inside: held to the same suite as DynamoDB's. */
export interface MemoryDocuments {
  get<T>(key: DocumentKey): { value: T; version: number } | undefined;
  getMany<T>(keys: DocumentKey[]): ({ value: T; version: number } | undefined)[];
  put(key: DocumentKey, value: unknown, options: PutOptions): boolean;
  all<T>(key: Omit<DocumentKey, 'sort'>): { sort: string; value: T }[];
  listed(tenant: string, list: string, range: ListRange): Listed[];
  add(key: DocumentKey, by: number, expiresAt: number): number;
}

export function createMemoryDocuments(now: () => number): MemoryDocuments {
  const partitions = new Map<string, Map<string, Entry>>();
  const counters = new Map<string, number>();
  const partition = (key: Omit<DocumentKey, 'sort'>) => `${key.tenant}#${key.kind}#${key.id}`;
  const live = (entry: Entry | undefined) =>
    entry && (entry.expiresAt === undefined || entry.expiresAt > now()) ? entry : undefined;
  const find = (key: DocumentKey) => live(partitions.get(partition(key))?.get(key.sort ?? ''));
  const get = <T>(key: DocumentKey) => {
    const entry = find(key);
    return entry && { value: JSON.parse(entry.json) as T, version: entry.version };
  };
  return {
    get,
    getMany: (keys) => keys.map((key) => get(key)),
    put(key, value, options) {
      if ((find(key)?.version ?? 0) !== options.expected) return false;
      const documents = partitions.get(partition(key)) ?? new Map<string, Entry>();
      partitions.set(partition(key), documents);
      const { expiresAt, listed } = options;
      documents.set(key.sort ?? '', { json: JSON.stringify(value), version: options.expected + 1, expiresAt, listed });
      return true;
    },
    all<T>(key: Omit<DocumentKey, 'sort'>) {
      const entries = [...(partitions.get(partition(key)) ?? [])].filter(([, entry]) => live(entry));
      const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
      return sorted.map(([sort, entry]) => ({ sort, value: JSON.parse(entry.json) as T }));
    },
    listed(tenant, list, { before, after = 0, limit, newestFirst }) {
      const found: Listed[] = [];
      const isIn = (at: number) => at <= before && at >= after;
      for (const [name, documents] of partitions)
        for (const entry of documents.values())
          if (name.startsWith(`${tenant}#`) && entry.listed?.list === list && isIn(entry.listed.at) && live(entry))
            found.push({ id: name.split('#').slice(2).join('#'), at: entry.listed.at });
      return found.sort((a, b) => (newestFirst ? b.at - a.at : a.at - b.at)).slice(0, limit);
    },
    add(key, by) {
      const name = `${partition(key)}#${key.sort ?? ''}`;
      counters.set(name, (counters.get(name) ?? 0) + by);
      return counters.get(name) ?? 0;
    },
  };
}

/** The same as a port, for the contract suite. */
export function asPort(documents: MemoryDocuments): Documents {
  return {
    get: async (key) => documents.get(key),
    getMany: async (keys) => documents.getMany(keys),
    put: async (key, value, options) => documents.put(key, value, options),
    all: async (key) => documents.all(key),
    listed: async (tenant, list, range) => documents.listed(tenant, list, range),
    add: async (key, by, expiresAt) => documents.add(key, by, expiresAt),
  };
}
