import { parsePhoneNumberFromString } from 'libphonenumber-js/mobile';

/** What a contact is known by, beside its id: `mobile`, `email`, or a text of the user's own. */
export type KeyName = string;

/** Values by which a contact or record can be recognised, in one spelling for both sides; by key. */
export type Keys = { readonly [key: KeyName]: readonly string[] };

/** Where a phone number without a country code is at home: ISO 3166, two letters. */
export type Country = NonNullable<Parameters<typeof parsePhoneNumberFromString>[1]> & string;

const SEPARATORS = /[;；,，、/|\r\n\t]+/;

/**
 * The mobile numbers in a cell or property as E.164. With the metadata of mobile numbers alone a landline, a hotline and
 * a wrong length are not valid: https://gitlab.com/catamphetamine/libphonenumber-js#metadata. Placeholders are left out.
 */
export function mobilesIn(text: string, country: Country): string[] {
  const found = text.split(SEPARATORS).flatMap((part) => {
    const whole = toMobile(part, country);
    return whole === undefined ? part.split(/\s+/).map((word) => toMobile(word, country)) : [whole];
  });
  return distinct(found);
}

function toMobile(text: string, country: Country): string | undefined {
  if (!/\d.*\d.*\d/s.test(text.normalize('NFKC'))) return undefined;
  const phone = parsePhoneNumberFromString(text.normalize('NFKC'), country);
  return phone?.isValid() && !isPlaceholder(phone.number) ? phone.number : undefined;
}

/** The digits of an E.164 number without its country code. */
export const nationalDigits = (number: string): string =>
  parsePhoneNumberFromString(number)?.nationalNumber ?? number.replace(/\D/g, '');

/** `%1%3%8…%`: a pattern of SQL that finds a number by the order of its digits, whatever stands between them. */
export const digitsPattern = (number: string): string => `%${[...nationalDigits(number)].join('%')}%`;

/** Numbers that forms are filled with: the same digit eight times at the end, or a row of digits. */
const isPlaceholder = (number: string) => /(\d)\1{7}$|(01234567|12345678|87654321|98765432)$/.test(number);

/** The e-mail addresses in a cell or property, trimmed and in lower case. */
export function emailsIn(text: string): string[] {
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[;,、|\s]+/);
  return distinct(words.map((word) => (/^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(word) ? word : undefined)));
}

/** Values of a key in one spelling; a key that is neither is compared letter by letter. */
export function keyValues(key: KeyName, texts: readonly string[], country: Country): string[] {
  if (key === 'mobile') return distinct(texts.flatMap((text) => mobilesIn(text, country)));
  if (key === 'email') return distinct(texts.flatMap(emailsIn));
  return distinct(texts.map((text) => (text.trim() === '' ? undefined : text)));
}

const distinct = (values: (string | undefined)[]): string[] => [
  ...new Set(values.filter((value): value is string => value !== undefined)),
];
