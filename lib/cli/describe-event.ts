import type { EventRecord } from '../ledger/event-record.ts';
import type { JournalEntry } from '../ledger/journal.ts';
import type { Plan, Step } from '../ledger/plans.ts';
import { reasonFacts } from '../ledger/reasons.ts';
import { printableId } from './printable.ts';

/** The contacts of an event as 尘锋 named them. */
export interface NamedContacts {
  survivorId: string;
  loserIds: string[];
}

/** All that the ledger keeps of an event, but for values. */
export interface ShownEvent {
  record: EventRecord;
  contacts: NamedContacts | undefined;
  /** Every plan that is still kept, the first one first. */
  plans: Plan[];
  /** In the order of time. */
  journal: JournalEntry[];
}

/** An event for a person to read: what it is, where it stands, and what happened in the order of time. No values. */
export function describeEvent({ record, contacts, plans, journal }: ShownEvent): string[] {
  const happened = [
    { at: record.receivedAt, lines: ['received'] },
    ...plans.map((plan) => ({ at: plan.madeAt, lines: planLines(plan) })),
    ...journal.map((entry) => ({ at: entry.at, lines: [journalLine(entry)] })),
    ...(record.operatorActions ?? []).map(({ at, by, action }) => ({ at, lines: [`${action} by ${printableId(by)}`] })),
    { at: record.updatedAt, lines: [record.state] },
  ];
  const inOrder = happened.sort((a, b) => a.at - b.at);
  return [
    printableId(record.eventId),
    `  ${printableId(record.name)}`,
    ...stateLines(record),
    ...contactLines(record, contacts),
    ...expiredLines(record, plans),
    ...inOrder.flatMap(({ at, lines: [first, ...more] }) => [`  ${time(at)}  ${first}`, ...more]),
  ];
}

const time = (at: number) => new Date(at).toISOString();

function stateLines(record: EventRecord): string[] {
  const { state, reason } = record;
  const { behind, resumeAt } = record.state === 'waiting' ? record : {};
  const { means, todo } = reason ? reasonFacts(reason) : {};
  return [
    `  ${state}${reason ? `: ${printableId(reason)}` : ''}${behind ? ` (behind ${printableId(behind)})` : ''}`,
    ...(means ? [`    ${means.en}`] : []),
    ...(todo && /[a-z]/.test(todo.en) ? [`    To do: ${todo.en}`] : []),
    ...(resumeAt === undefined ? [] : [`    not before ${time(resumeAt)}`]),
  ];
}

const MAX_SHOWN = 20;

/** An id a line, so that a narrow window does not cut them; the rest of very many as a number. */
function listed(word: string, ids: string[]): string[] {
  const lines = ids.slice(0, MAX_SHOWN).map((id) => `${word} ${printableId(id)}`);
  return ids.length > MAX_SHOWN ? [...lines, `${word} ${ids.length - MAX_SHOWN} more`] : lines;
}

function contactLines({ kind, reason }: EventRecord, contacts: NamedContacts | undefined): string[] {
  if (contacts) return [`  survivor ${printableId(contacts.survivorId)}`, ...listed('  loser   ', contacts.loserIds)];
  return kind === 'merge' && !reason?.startsWith('unreadable:')
    ? ['  its contacts are not known any more: the payload has expired']
    : [];
}

function expiredLines({ plan }: EventRecord, plans: Plan[]): string[] {
  const numbers = Array.from({ length: plan }, (_, index) => index + 1);
  const expired = numbers.filter((number) => !plans.some((kept) => kept.number === number));
  if (expired.length === 0) return [];
  return [`  plan${expired.length === 1 ? ` ${expired[0]} is` : `s ${expired.join(', ')} are`} not kept any more`];
}

function planLines(plan: Plan): string[] {
  return [
    `plan ${plan.number}`,
    ...intentionLines(plan),
    ...plan.steps.flatMap((step) => stepLine(step, plan)),
    ...plan.decisions.map(({ key, decision }) => `    ${printableId(key)}: ${decision}`),
    ...plan.problems.map(({ key, problem }) => `    ${printableId(key)}: not converted, ${problem}`),
  ];
}

/** Who goes into whom, from what the aliases say at that time. */
function intentionLines({ identities, unknownInCrm, steps }: Plan): string[] {
  const merged = listed('    merge', identities.absorbed);
  const what = merged.length > 0 ? merged : ['    every loser was merged before'];
  const who = [...what, `    into  ${printableId(identities.survivor)}`];
  if (unknownInCrm) return [...who, '    the CRM knows none of them'];
  return steps.length === 0 ? [...who, '    nothing is left to do in the CRM'] : who;
}

function stepLine(step: Step, plan: Plan): string[] {
  if (step.kind === 'merge') return mergeLines(step, plan);
  if (step.kind === 'create') return [`    create a record for ${printableId(plan.identities.survivor)}`];
  if (step.kind === 'update') return updateLines(step.write.contactId, plan);
  return [`    webhook-id ${printableId(step.key)}`];
}

function mergeLines({ losers }: Step & { kind: 'merge' }, plan: Plan): string[] {
  return [...listed('    merge record', losers), `    into ${recordOf(plan)}`];
}

const recordOf = ({ survivorRecord }: Plan) =>
  survivorRecord ? `record ${printableId(survivorRecord)}` : 'its record';

/** A survivor without a record of its own gets that of a loser. */
function updateLines(contactId: string | undefined, plan: Plan): string[] {
  if (contactId === undefined) return [];
  const [adopted] = plan.before;
  const former = adopted?.contactId === undefined ? '' : ` of ${printableId(adopted.contactId)}`;
  return [`    ${recordOf(plan)}${former}`, `    becomes that of ${printableId(contactId)}, which had none`];
}

const journalLine = ({ plan, call, attempt, outcome, code }: JournalEntry) =>
  `plan ${plan} ${call}, attempt ${attempt}: ${printableId(outcome)}${code ? ` ${printableId(code)}` : ''}`;
