import csdl from '../contracts/dataverse-contact.csdl.json';

// CSDL JSON: https://docs.oasis-open.org/odata/odata-csdl-json/v4.01/odata-csdl-json-v4.01.html
const { contact, Merge } = csdl['Microsoft.Dynamics.CRM'];

/** Type by name, of every property of a contact. */
export const CONTACT_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(contact).flatMap(([name, member]) =>
    typeof member === 'object' && '$Type' in member ? [[name, member.$Type] as const] : [],
  ),
);
type Parameter = { $Name: string; $Type: string; $Nullable?: boolean };
const MERGE: Parameter[] = Merge.flatMap(({ $Parameter }) => $Parameter);

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const IS: Record<string, (value: unknown) => boolean> = {
  'Edm.Guid': (value) => typeof value === 'string' && GUID.test(value),
  'Edm.String': (value) => typeof value === 'string',
  'Edm.Boolean': (value) => typeof value === 'boolean',
  'Edm.Int32': (value) => Number.isInteger(value),
  'Edm.Decimal': (value) => typeof value === 'number',
  'Edm.Date': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value),
  'Edm.DateTimeOffset': (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value),
};

/** What is wrong with a contact by the vendor's own definition. Annotations (`@odata.…`) are not looked at. */
export function contactViolations(contact: unknown): string[] {
  if (typeof contact !== 'object' || contact === null) return ['contact: not an object'];
  return Object.entries(contact).flatMap(([name, value]) => {
    if (name.includes('@')) return [];
    const type = CONTACT_TYPES.get(name);
    if (type === undefined) return [`contact.${name}: no such property`];
    return value === null || IS[type]?.(value) ? [] : [`contact.${name}: not of ${type}`];
  });
}

/** What is wrong with the parameters of the action Merge. A base entity has to say of which type it is. */
export function mergeViolations(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return ['Merge: no parameters'];
  const given = new Map(Object.entries(body));
  const unknown = [...given.keys()].filter((name) => !MERGE.some((one) => one.$Name === name));
  return [
    ...unknown.map((name) => `Merge.${name}: no such parameter`),
    ...MERGE.flatMap((one) => parameterViolations(one, given.get(one.$Name))),
  ];
}

function parameterViolations({ $Name: name, $Type: type, $Nullable: nullable = false }: Parameter, value: unknown) {
  if (value === undefined || value === null) return nullable ? [] : [`Merge.${name}: missing`];
  if (type !== 'mscrm.crmbaseentity') return IS[type]?.(value) ? [] : [`Merge.${name}: not of ${type}`];
  if ((value as { '@odata.type'?: string })['@odata.type'] !== 'Microsoft.Dynamics.CRM.contact')
    return [`Merge.${name}: does not say its type`];
  return contactViolations(value).map((violation) => `Merge.${name}: ${violation}`);
}
