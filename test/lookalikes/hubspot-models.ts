import contacts from './contracts/hubspot-contacts-2026-09.models.json';
import properties from './contracts/hubspot-properties-2026-09.models.json';

interface Member {
  name: string;
  type: string;
  required: boolean;
}

export type Models = Record<string, Member[]>;
interface Place {
  model: string;
  models: Models;
  at: string;
}

const MODELS: Models = { ...properties.models, ...contacts.models };

// What HubSpot's error-handling and usage pages show in error bodies beyond the SDK's model.
const ALSO_IN_ERRORS = ['status', 'policyName', 'errorType', 'requestId'];
// "The fields … should all be treated as optional in any error parsing", says the error-handling page.
const ALL_OPTIONAL = new Set(['ModelError', 'StandardError', 'ErrorDetail']);

/** What is wrong with a value by the vendor's own model: members that are not in it, members that are missing, wrong types. */
export function violations(model: string, value: unknown, at = model, models: Models = MODELS): string[] {
  const members = models[model];
  if (!members) return model.endsWith('Enum') ? enumViolations(value, at) : [`${at}: no such model`];
  if (!isJsonObject(value)) return [`${at}: not an object`];
  const known = new Set([...members.map(({ name }) => name), ...(model === 'ModelError' ? ALSO_IN_ERRORS : [])]);
  const invented = Object.keys(value).filter((name) => !known.has(name));
  return [
    ...invented.map((name) => `${at}.${name}: not in the vendor's model`),
    ...members.flatMap((member) =>
      memberViolations(member, value[member.name], { model, models, at: `${at}.${member.name}` }),
    ),
  ];
}

function memberViolations({ type, required }: Member, value: unknown, { model, models, at }: Place): string[] {
  if (value !== undefined) return typeViolations(type, value, at, models);
  return required && !ALL_OPTIONAL.has(model) ? [`${at}: missing`] : [];
}

const SIMPLE: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  Date: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(value),
  any: () => true,
};

function typeViolations(type: string, value: unknown, at: string, models: Models): string[] {
  if (type.endsWith(' | null') && value === null) return [];
  const plain = type.replace(/ \| null$/, '');
  const list = /^Array<(.+)>$/.exec(plain)?.[1];
  if (list)
    return Array.isArray(value)
      ? value.flatMap((one, index) => typeViolations(list, one, `${at}[${index}]`, models))
      : [`${at}: not a list`];
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(plain)?.[1];
  if (map)
    return isJsonObject(value)
      ? Object.entries(value).flatMap(([name, one]) => typeViolations(map, one, `${at}.${name}`, models))
      : [`${at}: not a map`];
  const simple = SIMPLE[plain];
  if (simple) return simple(value) ? [] : [`${at}: not a ${plain}`];
  return violations(plain, value, at, models);
}

const enumViolations = (value: unknown, at: string) =>
  typeof value === 'string' && /^[A-Za-z_]+$/.test(value) ? [] : [`${at}: not a word`];

const isJsonObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
