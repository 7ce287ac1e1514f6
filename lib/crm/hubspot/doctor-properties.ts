import { CrmError } from '../../errors.ts';
import type { Conversion } from '../../mapping/known-fields.ts';
import type { Finding } from '../finding.ts';
import { misfit, type PropertyKind } from '../mapped-properties.ts';
import type { HubspotCalls } from './calls.ts';
import {
  createProperty,
  type HubspotProperty,
  type PropertyWanted,
  readArchivedProperty,
  readProperty,
} from './properties.ts';

/** A property that this service needs for itself. @param fix create it where it is missing. */
export function checkOwnProperty(calls: HubspotCalls, wanted: PropertyWanted, fix: boolean): Promise<Finding> {
  return reported(`property ${wanted.name}`, async () => {
    const { property } = await readProperty(calls, wanted.name);
    if (property && !property.archived) return wrongWith(property, wanted) ?? fine(present(wanted));
    const archived = property ?? (await readArchivedProperty(calls, wanted.name));
    if (archived) return restore(calls, archived, { wanted, fix });
    if (!fix) return wrong('not there: run the doctor with --fix to create it');
    return wrongWith(await createProperty(calls, wanted), wanted) ?? fine('created');
  });
}

type Verdict = Omit<Finding, 'check'>;
const fine = (advice: string): Verdict => ({ ok: true, advice });
const wrong = (advice: string): Verdict => ({ ok: false, advice });
const present = ({ hasUniqueValue }: PropertyWanted) => (hasUniqueValue ? 'there, values are unique' : 'there');

const NOT_UNIQUE =
  'its values need not be unique, and HubSpot allows to ask for that only when a property is created: ' +
  'choose another name for the id property, run the doctor with --fix, and copy the ids over';

function wrongWith(property: HubspotProperty, wanted: PropertyWanted): Verdict | undefined {
  if (wanted.hasUniqueValue && !property.hasUniqueValue) return wrong(NOT_UNIQUE);
  if (property.type === 'string') return undefined;
  return wrong(`it is of type ${property.type}, text is needed: choose another name`);
}

/** HubSpot gives a new property of this name the definition of the archived one: what is wrong with it stays wrong. */
async function restore(
  calls: HubspotCalls,
  archived: HubspotProperty,
  { wanted, fix }: { wanted: PropertyWanted; fix: boolean },
): Promise<Verdict> {
  const unusable = wrongWith(archived, wanted);
  if (unusable) return wrong(`an archived property has this name, and HubSpot would restore it: ${unusable.advice}`);
  if (!fix) return wrong('it is archived: restore it in HubSpot’s settings, or run the doctor with --fix');
  return wrongWith(await createProperty(calls, wanted), wanted) ?? fine('restored from the archive');
}

/** What the mapping may write: its values, where it lists them, and what it makes of a field. */
export interface MappedValues {
  values: string[];
  writes?: Conversion | undefined;
}

export function checkMappedProperty(
  calls: HubspotCalls,
  name: string,
  { values, writes }: MappedValues,
): Promise<Finding> {
  return reported(`mapped property ${name}`, async () => {
    const { property } = await readProperty(calls, name);
    if (!property || property.archived) return wrong('not there: correct the mapping or create it in HubSpot');
    if (property.readOnly) return wrong('HubSpot does not let it be written: correct the mapping');
    if (property.type === 'enumeration') return checkOptions(property, values);
    const unfit = misfit(writes, KINDS.get(property.type), property.type);
    return unfit === undefined ? fine(`there, of type ${property.type}`) : wrong(unfit);
  });
}

/** https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide */
const KINDS = new Map<string, PropertyKind>([
  ['string', 'text'],
  ['phone_number', 'text'],
  ['number', 'number'],
  ['bool', 'boolean'],
  ['date', 'date'],
  ['datetime', 'datetime'],
]);

function checkOptions({ options }: HubspotProperty, values: string[]): Verdict {
  const unknown = values.filter((value) => !options.includes(value));
  if (unknown.length > 0)
    return wrong(
      `has no option ${unknown.join(', ')}, and HubSpot would refuse it (INVALID_OPTION): correct "options" of the mapping`,
    );
  if (values.length > 0) return fine(`there, and has every option of the mapping`);
  const advice = `there, with a list of ${options.length} options: any other value is refused (INVALID_OPTION), so give the mapping "options"`;
  return { ok: true, warning: true, advice };
}

async function reported(check: string, look: () => Promise<Verdict>): Promise<Finding> {
  try {
    return { check, ...(await look()) };
  } catch (error) {
    return { check, ok: false, advice: adviceOn(error) };
  }
}

const TO_DO: Record<CrmError['kind'], string> = {
  auth: 'make a service key in HubSpot (Development → Keys → Service keys) with the scopes that docs/crms.md lists, and set it as token',
  permanent: 'check the base URL',
  'retry-soon': 'check the base URL and that this network may reach it, then try again',
  'retry-after': 'try again later',
  ambiguous: 'run the doctor again to see what became of it',
};

/** What to do about a failed call. @throws any error that is not a CRM's. */
export function adviceOn(error: unknown): string {
  if (!(error instanceof CrmError)) throw error;
  return `${error.message}: ${TO_DO[error.kind]}`;
}
