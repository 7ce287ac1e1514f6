import { batchesOf } from '../../batches.ts';
import type { Field } from '../../event.ts';
import { isBlank } from '../../json.ts';
import type { EventLedger, Ledger } from '../../ledger/ledger.ts';
import type { Plan, Step } from '../../ledger/plans.ts';
import type { ReasonOf } from '../../ledger/reasons.ts';
import {
  type CrmRecord,
  fillsBlank,
  type PropertyValues,
  type RecordCrm,
  type RecordCrmRules,
  type RecordWrite,
} from '../../ports.ts';
import type { FieldMapping, MappedField } from '../policy.ts';
import type { TenantCrm } from '../tenant-crm.ts';
import { clearedFields, unwrittenFields } from './choose-fields.ts';
import { earlierFields } from './earlier-fields.ts';
import { type Found, findRecords, type Wanted } from './find-records.ts';
import { mergedBefore } from './merged-before.ts';
import { type Planning, planFacts } from './planning.ts';

/** A tenant with a CRM of records, and its ledger's contacts for survivor and absorbed. */
type RecordTenant = TenantCrm & { crm: RecordCrm; known: Wanted['known'] };

/** `unknown`: contacts without a record of their own, the survivor included that gets a loser's or a new one. */
interface PlannedRecords {
  plan: Plan;
  unknown: string[];
}

/** The plan for a CRM of records: which record stays, which go into it, what is written. One look-up, no write. */
export async function planRecords(
  planning: Planning,
  ledger: EventLedger & Pick<Ledger, 'contacts' | 'plans'>,
  tenant: RecordTenant,
): Promise<PlannedRecords | { conflict: ReasonOf<'parked'> }> {
  const { crm, mapping, known } = tenant;
  const { event, identities } = planning;
  const named = [...new Set([identities.survivor, event.survivorId, ...event.loserIds, ...identities.absorbed])];
  const properties = [...new Set([...mapping.properties, ...optional(crm.rules.absorbedIdsProperty)])];
  const search = await findRecords(crm, { identities, named, known, properties }, ledger.contacts);
  if ('conflict' in search) return search;
  const { found } = search;
  const creates = !found.survivor && tenant.policy.whenMissing === 'create' && crm.create !== undefined;
  const gone = await mergedBefore(planning, ledger, found);
  const { restated, atRisk } = await restatedFields(planning, ledger, found, gone);
  const write = composeWrite(crm.rules, mapping, { found, gone, chosen: planning.chosen.fields, restated, atRisk });
  if (found.heir !== undefined || creates) write.record.contactId = identities.survivor;
  const missing = missingAmong(planning, named, found, creates);
  const steps = found.survivor ? stepsOf(crm.rules, found, write) : createSteps(creates, write);
  return {
    plan: {
      ...planFacts(planning),
      problems: write.problems,
      steps,
      restated: restated.map(({ key }) => key),
      ...(found.survivor && { survivorRecord: found.survivor.recordId }),
      ...(found.heir !== undefined && { heir: found.heir }),
      missing,
      before: [...optional(found.survivor), ...found.losers.map(({ record }) => record)],
      unknownInCrm: !found.survivor && !creates,
    },
    unknown: [...new Set([identities.survivor, ...missing])].filter((contact) => !found.known.includes(contact)),
  };
}

/**
 * Contacts that were not merged away, and those that an earlier plan of the event missed, without a record. One that was
 * merged away earlier by another event is that event's to tell; a survivor that gets a record has one.
 */
function missingAmong({ identities, missing }: Planning, named: string[], found: Found, creates: boolean): string[] {
  const has = new Set(found.known);
  if (found.heir !== undefined || creates) has.add(identities.survivor);
  const asked = new Set(named);
  const candidates = [identities.survivor, ...identities.absorbed, ...missing];
  return [...new Set(candidates)].filter((contact) => !has.has(contact) || !asked.has(contact));
}

const optional = <T>(value: T | undefined): T[] => (value === undefined ? [] : [value]);

type Composed = ReturnType<typeof composeWrite>;

const createSteps = (creates: boolean, { record: write, ifEmpty }: Composed): Step[] =>
  creates ? [{ kind: 'create', write, ifEmpty }] : [];

/** A record that is new to the survivor gets everything earlier events said of it; its own only what is missing or at risk. */
async function restatedFields(
  { survivor, chosen, omit }: Planning,
  ledger: EventLedger,
  found: Found,
  gone: CrmRecord[],
) {
  const clocks = survivor.clocks ?? {};
  const due = new Map(unwrittenFields(clocks, chosen.fields, !found.survivor || found.heir !== undefined));
  const cleared = found.losers.length > 0 || gone.length > 0 ? clearedFields(clocks, chosen.fields) : [];
  const atRisk = new Map(cleared.filter(([key]) => !due.has(key)));
  const governed = [...due, ...atRisk].filter(([key]) => !omit.includes(key));
  return { restated: await earlierFields(ledger, governed), atRisk };
}

interface Writing {
  found: Found;
  /** Losers' records as they were, that an earlier plan of the event may have merged. */
  gone: CrmRecord[];
  chosen: Field[];
  restated: Field[];
  /** Restated only in case the merge brings a value back. */
  atRisk: ReadonlyMap<string, unknown>;
}

function composeWrite(rules: RecordCrmRules, mapping: FieldMapping, writing: Writing) {
  const { found, gone, chosen, restated, atRisk } = writing;
  const { mapped, problems } = mapping.map([...restated, ...chosen]);
  const values: PropertyValues = {};
  for (const field of mapped) {
    const kept = atRisk.has(field.key) && !refilled(rules, found, gone, field);
    if (!kept && mayWrite(rules, found, field)) values[field.property] = field.value;
  }
  const record: RecordWrite = { values: { ...values, ...absorbedIds(rules, found) } };
  const ifEmpty = mapped.filter(({ overwrite }) => overwrite === 'if-empty').map(({ property }) => property);
  return { record, problems, ifEmpty };
}

/** A merge that fills blanks would undo what an earlier event emptied. */
function refilled(rules: RecordCrmRules, found: Found, gone: CrmRecord[], { property }: MappedField): boolean {
  const { survivor, losers } = found;
  const has = survivor?.values[property];
  if (!fillsBlank(rules, property)) return false;
  if (!isBlank(has)) return gone.some(({ values }) => values[property] === has);
  return losers.some(({ record }) => !isBlank(record.values[property]));
}

function mayWrite(rules: RecordCrmRules, { survivor, losers }: Found, field: MappedField): boolean {
  if (field.overwrite === 'always') return true;
  if (field.value === null || !isBlank(survivor?.values[field.property])) return false;
  return !fillsBlank(rules, field.property) || losers.every(({ record }) => isBlank(record.values[field.property]));
}

const MAX_ABSORBED_CHARACTERS = 60_000; // HubSpot's multi-line text ends at 65 536 characters.

function absorbedIds({ absorbedIdsProperty: property }: RecordCrmRules, found: Found): PropertyValues {
  const { survivor, losers, heir } = found;
  if (!property || (losers.length === 0 && heir === undefined)) return {};
  const earlier = [survivor, ...losers.map(({ record }) => record)].flatMap((record) => idsIn(record, property));
  const former = heir === undefined ? [] : optional(survivor?.contactId);
  const merged = losers.flatMap(({ contact, record }) => [...optional(record.contactId), contact]);
  const all = [...new Set([...earlier, ...former, ...merged])];
  while (all.join(';').length > MAX_ABSORBED_CHARACTERS) all.shift();
  return { [property]: all.join(';') };
}

function idsIn(record: CrmRecord | undefined, property: string): string[] {
  const text = record?.values[property];
  return typeof text === 'string' ? text.split(';').filter(Boolean) : [];
}

function stepsOf(rules: RecordCrmRules, { losers }: Found, { record: write, ...more }: Composed): Step[] {
  const merges = batchesOf(losers, rules.losersPerMerge).map((some): Step & { kind: 'merge' } => ({
    kind: 'merge',
    losers: some.map(({ record }) => record.recordId),
    contacts: some.map(({ contact }) => contact),
  }));
  const last = rules.mergeSetsValues ? merges.at(-1) : undefined;
  const { contactId, values } = write;
  const hasValues = Object.keys(values).length > 0;
  const written = more.ifEmpty.filter((property) => property in values);
  const ifEmpty = written.length > 0 ? { ifEmpty: written } : {};
  if (last && hasValues) Object.assign(last, { write: { values }, ...ifEmpty });
  const later: RecordWrite = { ...(contactId !== undefined && { contactId }), values: last ? {} : values };
  const anythingLater = contactId !== undefined || (!last && hasValues);
  // The contact id is written after all merges: a loser's unique value is free by then.
  return anythingLater ? [...merges, { kind: 'update', write: later, ...(last ? {} : ifEmpty) }] : merges;
}
