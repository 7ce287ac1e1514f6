import { getCountries } from 'libphonenumber-js/mobile';
import type { Country, KeyName } from '../../linking/keys.ts';
import { UsageError } from '../exit.ts';

/** Where numbers without a country code are at home, if nothing else is said. */
export const HOME = 'CN';

/** What the command line says of an export and of the CRM's properties. */
export interface MatchingOptions {
  key: string;
  column?: string[];
  property?: string[];
  country: string;
  shared: string;
}

export interface ReadMatching {
  keys: KeyName[];
  columns: Record<string, string[]>;
  properties: Record<KeyName, string[]>;
  country: Country;
  sharedByAtMost: number;
}

/** @param usual the properties in which the CRM usually keeps each key. @throws UsageError */
export function readMatching(options: MatchingOptions, usual: Readonly<Record<string, string[]>>): ReadMatching {
  const keys = namesIn(options.key);
  if (keys.length === 0) throw new UsageError('name a key at least: --key mobile,email');
  const columns = readPairs('--column', options.column);
  const named = readPairs('--property', options.property);
  const properties = Object.fromEntries(keys.map((key) => [key, named[key] ?? usual[key] ?? unknownKey(key)]));
  return {
    keys,
    columns,
    properties,
    country: readCountry(options.country),
    sharedByAtMost: readShared(options.shared),
  };
}

const namesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,，]/)
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];

function unknownKey(key: string): never {
  throw new UsageError(
    `which property of a record holds the key ${key}? --property ${key}=NAME; and the column of the file, --column ${key}=NAME`,
  );
}

/** `id=联系人ID`, any number of times; a role may have several columns. */
function readPairs(option: string, pairs: string[] = []): Record<string, string[]> {
  const read: Record<string, string[]> = {};
  for (const pair of pairs) {
    const [, role, names] = /^([a-z][\w-]*)=(.+)$/is.exec(pair) ?? [];
    if (role === undefined || names === undefined)
      throw new UsageError(`${option} has the form KEY=NAME, such as ${option} mobile=手机号`);
    read[role] = [...(read[role] ?? []), ...(option === '--property' ? namesIn(names) : [names])];
  }
  return read;
}

function readCountry(text: string): Country {
  const country = getCountries().find((one) => one === text.toUpperCase());
  if (!country) throw new UsageError('--country is two letters of ISO 3166, such as CN, HK or SG');
  return country;
}

function readShared(text: string): number {
  const count = Number(text);
  if (!/^\d{1,6}$/.test(text) || count < 1) throw new UsageError('--shared is a whole number from 1 on');
  return count;
}
