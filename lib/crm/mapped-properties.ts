import type { Conversion } from '../mapping/known-fields.ts';
import type { Examination } from './adapter.ts';
import type { Finding } from './finding.ts';

/** What values a property takes; `multi` is a choice of several. */
export type PropertyKind = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'option' | 'multi';

/** A property as the CRM describes it. */
export interface DescribedProperty {
  /** Left out for a type of which nothing is known. */
  kind?: PropertyKind | undefined;
  /** What the CRM calls its type. */
  type: string;
  isWritable: boolean;
  /** The only values it takes, where there is a list. */
  options?: readonly string[];
}

/** Which kinds of properties can hold what a conversion makes. Options of the mapping may stand for any single value. */
const HELD_BY: Record<Conversion, readonly PropertyKind[]> = {
  text: ['text', 'option'],
  option: ['text', 'number', 'boolean', 'option'],
  multi: ['multi', 'text'], // Some adapters join lists with `;`.
  number: ['number', 'text'],
  boolean: ['boolean', 'text', 'option'],
  date: ['date', 'datetime', 'text'],
  datetime: ['datetime', 'text'],
  phones: ['text', 'multi'],
  coordinate: ['text'],
};

/** What is wrong with writing this on a property of that kind; undefined where nothing is, or too little is known. */
export function misfit(conversion: Conversion | undefined, kind: PropertyKind | undefined, type: string) {
  if (conversion === undefined || kind === undefined || HELD_BY[conversion].includes(kind)) return undefined;
  return `it is of type ${type}, and the mapping writes ${conversion} there: correct "as", or map another property`;
}

/**
 * For an adapter's `examine`: does each mapped property exist, may it be written, and does it take what the mapping writes?
 * @param describe what the CRM says of a property; undefined for one that it does not have.
 */
export function examineMapped(
  { mapped, conversions }: Pick<Examination, 'mapped' | 'conversions'>,
  describe: (property: string) => DescribedProperty | undefined,
): Finding[] {
  return [...mapped].map(([name, values]) => {
    const property = describe(name);
    const problem = property ? problemOf(property, values, conversions.get(name)) : NOT_THERE;
    const advice = problem ?? `there, of type ${property?.type}`;
    return { check: `mapped property ${name}`, ok: problem === undefined, advice };
  });
}

const NOT_THERE = 'the CRM has no such property: correct the mapping, or create it there';
const READ_ONLY = 'the CRM does not let it be written: correct the mapping, or the rights';

function problemOf({ kind, type, isWritable, options }: DescribedProperty, values: string[], writes?: Conversion) {
  if (!isWritable) return READ_ONLY;
  const unknown = options ? values.filter((value) => !options.includes(value)) : [];
  if (unknown.length > 0) return `has no option ${unknown.join(', ')}: correct "options" of the mapping`;
  return misfit(writes, kind, type);
}
