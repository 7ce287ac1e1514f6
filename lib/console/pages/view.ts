import type { Language } from '../../sentence.ts';
import type { ConsoleOptions } from '../deployment.ts';
import type { Tell } from '../texts/texts.ts';

/** What every page is drawn with. */
export interface View {
  options: ConsoleOptions;
  tenant: string;
  language: Language;
  tell: Tell;
  /** Milliseconds since 1970. */
  now: number;
  /** Of the request, with its query. */
  address: string;
}

/** An address of this console within the view's tenant. Parts are escaped; a query's empty values are left out. */
export function hrefOf({ tenant }: Pick<View, 'tenant'>, parts: string[], query: Record<string, string> = {}): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `/${[tenant, ...parts].map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`;
}

/** The same address with other values in its query; an empty one takes the name out. */
export function addressWith(address: string, changes: Record<string, string>): string {
  const [path = '', search = ''] = address.split('?');
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) value === '' ? query.delete(name) : query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Address of a record in the CRM, where the console was told how they look. */
export function recordAddress({ options }: View, ids: { record?: string | undefined; contact?: string | undefined }) {
  const { recordUrl } = options;
  if (recordUrl === undefined) return undefined;
  const wanted = [...recordUrl.matchAll(/\{(record|contact)\}/g)].map(([, name]) => name as 'record' | 'contact');
  if (wanted.some((name) => !ids[name])) return undefined;
  return recordUrl.replace(/\{(record|contact)\}/g, (_all, name: 'record' | 'contact') =>
    encodeURIComponent(ids[name] ?? ''),
  );
}
