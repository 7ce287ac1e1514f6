import fc from 'fast-check';
import type { LinkRow } from '../../lib/linking/match.ts';
import { planLinks } from '../../lib/linking/plan-links.ts';
import type { ExportedContact, KeyedRecord } from '../../lib/linking/two-sides.ts';

const ORDER = ['mobile', 'email', 'card'];
// Few values, so that they are shared, disagree and cross all the time.
const keysOf = fc.record(
  Object.fromEntries(
    ORDER.map((key) => [key, fc.uniqueArray(fc.constantFrom('1', '2', '3', '4', '5'), { maxLength: 2 })]),
  ),
);
const ID = fc.constantFrom('a', 'A', 'ａ', 'b', 'B', 'c', 'd', 'e');
const contactsOf = fc
  .uniqueArray(fc.record({ contactId: ID, keys: keysOf }), { selector: ({ contactId }) => contactId, maxLength: 8 })
  .map((list): ExportedContact[] => list.map((one) => ({ ...one, lines: [] })));
const recordsOf = fc
  .array(
    fc.record({
      contactIds: fc.oneof({ weight: 3, arbitrary: fc.constant<string[]>([]) }, fc.uniqueArray(ID, { maxLength: 2 })),
      keys: keysOf,
    }),
    { maxLength: 8 },
  )
  .map((list): KeyedRecord[] => list.map((one, index) => ({ ...one, recordId: `r${index}` })));
// Each contact was merged into at most one later in the list: no circle.
const survivorsOf = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'A', 'b'), fc.constantFrom('c', 'd')), {
    selector: ([id]) => id,
    maxLength: 3,
  })
  .map((pairs) => new Map(pairs));

interface Case {
  contacts: ExportedContact[];
  records: KeyedRecord[];
  survivors: Map<string, string>;
  sharedByAtMost: number;
  /** Of rows whose contact id is damaged. */
  unnamed: readonly ExportedContact['keys'][];
}
const cases = fc.record({
  contacts: contactsOf,
  records: recordsOf,
  survivors: fc.oneof(fc.constant(new Map<string, string>()), survivorsOf),
  sharedByAtMost: fc.constantFrom(1, 2, 20),
  unnamed: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(keysOf, { maxLength: 2 })),
});

const plan = ({ contacts, records, ...options }: Case) => planLinks(contacts, records, { keys: ORDER, ...options });
const written = (rows: LinkRow[]) => rows.filter(({ writes }) => writes !== undefined);

/** Said again, in the words of promise 12, without the plan's own means. */
function pairOf({ contacts, records }: Case, { contactId, recordIds: [recordId] }: LinkRow) {
  const contact = contacts.find((one) => one.contactId === contactId);
  const record = records.find((one) => one.recordId === recordId);
  if (!contact || !record) throw new Error('a link without its pair');
  return { contact, record };
}
const person = ({ survivors }: Case, id: string) => survivors.get(id) ?? id;
const values = (one: { keys: ExportedContact['keys'] }, key: string) => one.keys[key] ?? [];

describe('promise 12: for any two lists of contacts', () => {
  const holds = (check: (given: Case, rows: LinkRow[]) => void) =>
    fc.assert(
      fc.property(cases, (given) => check(given, plan(given))),
      { numRuns: 2_000 },
    );

  it('no plan links a pair whose key is shared on either side', () => {
    holds((given, rows) => {
      for (const row of written(rows)) {
        const { contact, record } = pairOf(given, row);
        const key = row.key ?? '';
        const common = values(contact, key).filter((value) => values(record, key).includes(value));
        const alone = common.filter((value) => {
          const people = given.contacts.filter((one) => values(one, key).includes(value));
          const others = given.records.filter((one) => values(one, key).includes(value));
          return (
            others.length === 1 &&
            !given.unnamed.some((keys) => keys[key]?.includes(value)) &&
            people.every((one) => person(given, one.contactId) === person(given, contact.contactId))
          );
        });
        expect(alone).not.toEqual([]);
      }
    });
  });

  it('no plan links a pair that a stronger key contradicts', () => {
    holds((given, rows) => {
      for (const row of written(rows)) {
        const { contact, record } = pairOf(given, row);
        for (const key of ORDER.slice(0, ORDER.indexOf(row.key ?? ''))) {
          const telling = (value: string) =>
            new Set(
              given.contacts
                .filter((one) => values(one, key).includes(value))
                .map((one) => person(given, one.contactId)),
            ).size +
              given.unnamed.filter((keys) => keys[key]?.includes(value)).length <=
              given.sharedByAtMost &&
            given.records.filter((one) => values(one, key).includes(value)).length <= given.sharedByAtMost;
          const [mine, theirs] = [values(contact, key).filter(telling), values(record, key).filter(telling)];
          if (mine.length > 0 && theirs.length > 0) expect(mine.some((value) => theirs.includes(value))).toBe(true);
        }
      }
    });
  });

  it('no id is written over another, none twice, and no record gets two', () => {
    holds((given, rows) => {
      const links = written(rows);
      expect(new Set(links.map(({ writes }) => writes)).size).toBe(links.length);
      expect(new Set(links.flatMap(({ recordIds }) => recordIds)).size).toBe(links.length);
      const carried = new Set(given.records.flatMap(({ contactIds }) => contactIds));
      for (const row of links) {
        expect(pairOf(given, row).record.contactIds).toEqual([]);
        expect(carried.has(row.writes ?? '')).toBe(false);
      }
    });
  });

  it('every contact and every record stands in the plan, whatever becomes of it', () => {
    holds(({ contacts, records }, rows) => {
      expect(rows.flatMap(({ contactId, lines }) => (lines ? [contactId] : []))).toEqual(
        contacts.map(({ contactId }) => contactId),
      );
      const told = new Set(rows.flatMap(({ recordIds }) => recordIds));
      expect([...told].sort()).toEqual(records.map(({ recordId }) => recordId).sort());
    });
  });

  it('an id is written as the export has it, or as its survivor’s', () => {
    holds((given, rows) => {
      for (const { contactId = '', writes } of written(rows))
        expect([contactId, person(given, contactId)]).toContain(writes);
    });
  });
});
