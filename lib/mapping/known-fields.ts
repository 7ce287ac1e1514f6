/** How a value is converted for the CRM. */
export const CONVERSIONS = [
  'text',
  'option',
  'multi',
  'number',
  'boolean',
  'date',
  'datetime',
  'phones',
  'coordinate',
] as const;
export type Conversion = (typeof CONVERSIONS)[number];

/**
 * The fields of a contact in https://open.dustess.com/doc-5158583 and its sample,
 * each with the conversion its content suggests.
 */
export const KNOWN_FIELDS: ReadonlyMap<string, Conversion> = new Map([
  ...texts('remark', 'email', 'national', 'position', 'provCity', 'address', 'qq', 'nationality', 'education'),
  ...texts('idCard', 'weChat', 'source', 'major', 'categoryID', 'avatar', 'unionID', 'externalUserID'),
  ...texts('sourceCode', 'description'),
  ['gender', 'option'],
  ['birthday', 'date'],
  ['age', 'number'],
  ['coordinate', 'coordinate'],
  ['mobiles', 'phones'],
  ['mobileList', 'phones'],
  ['tags', 'multi'],
  ['ruleTags', 'multi'],
  ['bizTags', 'multi'],
]);

function texts(...keys: string[]): [string, Conversion][] {
  return keys.map((key) => [key, 'text']);
}

/** Fields that the sender's sample shows as 0 where it knows nothing. */
export const ZERO_IS_EMPTY: ReadonlySet<string> = new Set(['age', 'provCity']);

const BY_CUSTOM_TYPE: ReadonlyMap<string, Conversion> = new Map([
  ['text', 'text'],
  ['radio', 'option'],
  ['checkbox', 'multi'],
  ['date', 'date'],
  ['datetime', 'datetime'],
  ['number', 'number'],
]);

/** For a custom field without `as`: what its declared type suggests; text for a type this version does not know. */
export const conversionOfType = (type: string | undefined): Conversion => BY_CUSTOM_TYPE.get(type ?? '') ?? 'text';
