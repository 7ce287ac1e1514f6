/** Invented people, as 尘锋 exports them and as a CRM has them before anything is linked. */

export interface Person {
  contactId: string;
  name: string;
  mobile: string;
  email: string;
}

/** A record of the CRM: who it is, and who else was merged into it by hand. */
export interface PersonRecord {
  person: Person;
  merged?: Person;
}

const SHARED = 0.1; // Of all people: couples with one number between them.
const MERGED = 0.05; // Merged into another's record by hand.
const NOT_THERE = 0.02;

/** @returns the export, and the records in the CRM; the same ones for the same count. */
export function makePeople(count: number): { people: Person[]; records: PersonRecord[] } {
  const shared = Math.round(count * SHARED);
  const merged = Math.round(count * MERGED);
  const absent = Math.round(count * NOT_THERE);
  const people = Array.from({ length: count }, (_, index) =>
    personOf(index, index < shared ? index - (index % 2) : index),
  );
  const byHand = people.slice(shared, shared + merged);
  const survivors = people.slice(shared + merged, shared + 2 * merged);
  const others = [...people.slice(0, shared), ...people.slice(shared + 2 * merged, count - absent)];
  const records = [
    ...others.map((person) => ({ person })),
    ...survivors.map((person, index) => ({ person, ...(byHand[index] && { merged: byHand[index] }) })),
  ];
  return { people, records };
}

/** @param number whose mobile number it is. */
const personOf = (index: number, number: number): Person => ({
  contactId: `c${String(index).padStart(7, '0')}-7057-11ed-a049-a2eb63fbe44a`,
  name: `联系人 ${index}`,
  mobile: `139${String(20_000_000 + number * 7)}`,
  email: index % 3 === 0 ? '' : `person${index}@example.cn`,
});

/** As a person types a number into a CRM: in every second record with the country code. */
export const asTyped = ({ mobile }: Person, index: number): string =>
  index % 2 === 0 ? `+86 ${mobile.slice(0, 3)} ${mobile.slice(3, 7)} ${mobile.slice(7)}` : mobile;

export const exportOf = (people: readonly Person[]): string =>
  [
    '联系人ID,姓名,手机号,邮箱',
    ...people.map(({ contactId, name, mobile, email }) => [contactId, name, mobile, email].join(',')),
  ].join('\r\n');
