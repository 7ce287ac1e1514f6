import { callText, outcomeText } from '../console/texts/call-sentence.ts';
import { decisionSentence } from '../console/texts/decision-sentence.ts';
import { reasonMeaning, reasonTodo } from '../console/texts/reason-sentences.ts';
import { tellIn } from '../console/texts/texts.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { JournalEntry } from '../ledger/journal.ts';
import type { Plan, Step } from '../ledger/plans.ts';
import { localTime } from '../local-time.ts';
import { colon, type Language } from '../sentence.ts';
import { missingText } from './event-line.ts';
import { EVENT_WORDS, type EventWords } from './event-words.ts';
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
export function describeEvent({ record, contacts, plans, journal }: ShownEvent, language: Language): string[] {
  const words = EVENT_WORDS[language];
  const happened = [
    { at: record.receivedAt, lines: [words.received] },
    ...plans.map((plan) => ({ at: plan.madeAt, lines: planLines(plan, language) })),
    ...journal.map((entry) => ({ at: entry.at, lines: [journalLine(entry, language)] })),
    ...(record.operatorActions ?? []).map((one) => ({ at: one.at, lines: [actionLine(one, language)] })),
    { at: record.updatedAt, lines: [record.state] },
  ];
  const inOrder = happened.sort((a, b) => a.at - b.at);
  return [
    printableId(record.eventId),
    `  ${printableId(record.name)}`,
    ...stateLines(record, language),
    ...contactLines(record, contacts, words),
    ...undoneLines(record, language),
    ...missingLines(record, language),
    ...expiredLines(record, plans, words),
    ...inOrder.flatMap(({ at, lines: [first, ...more] }) => [`  ${localTime(at)}  ${first}`, ...more]),
  ];
}

/** With a contact: an operator said which record it has, or that it has none. */
function actionLine({ by, action, ...said }: OperatorActionTaken, language: Language): string {
  const [name, contact, record] = [by, said.contact ?? '', said.record ?? ''].map(printableId) as [
    string,
    string,
    string,
  ];
  if (said.contact === undefined) return EVENT_WORDS[language].action(action, name);
  const text = said.record === undefined ? 'link.withoutRecord' : 'link.linked';
  return tellIn(language)(text, { by: name, contact, record });
}

type OperatorActionTaken = NonNullable<EventRecord['operatorActions']>[number];

function stateLines(record: EventRecord, language: Language): string[] {
  const words = EVENT_WORDS[language];
  const { state, reason } = record;
  const { behind, resumeAt } = record.state === 'waiting' ? record : {};
  const [means, todo] = reason ? [reasonMeaning(reason, { language }), reasonTodo(reason, { language })] : [];
  return [
    `  ${state}${reason ? `: ${printableId(reason)}` : ''}${behind ? words.behind(printableId(behind)) : ''}`,
    ...(means && means !== reason ? [`    ${printableId(means)}`] : []),
    ...(todo && todo !== '–' ? [`    ${words.toDo}${printableId(todo)}`] : []),
    ...(resumeAt === undefined ? [] : [`    ${words.notBefore(localTime(resumeAt))}`]),
  ];
}

const MAX_SHOWN = 20;

/** An id a line, so that a narrow window does not cut them; the rest of very many as a number. */
function listed(word: string, ids: string[], { more }: EventWords): string[] {
  const lines = ids.slice(0, MAX_SHOWN).map((id) => `${word}${printableId(id)}`);
  return ids.length > MAX_SHOWN ? [...lines, `${word}${more(ids.length - MAX_SHOWN)}`] : lines;
}

function contactLines(
  { kind, reason, erased }: EventRecord,
  contacts: NamedContacts | undefined,
  words: EventWords,
): string[] {
  if (contacts)
    return [`  ${words.survivor}${printableId(contacts.survivorId)}`, ...listed(words.loser, contacts.loserIds, words)];
  if (erased) return [`  ${words.valuesErased}`];
  return kind === 'merge' && !reason?.startsWith('unreadable:') ? [`  ${words.contactsExpired}`] : [];
}

/** Who came back, and what was changed meanwhile and stayed. */
function undoneLines({ undone }: EventRecord, language: Language): string[] {
  const tell = tellIn(language);
  const { returned = {}, kept = [] } = undone ?? {};
  const back = Object.entries(returned).map(([contact, record]) => [contact, tell('undo.isBack'), record] as const);
  const stayed = kept.map(({ contact, property }) => [contact, property, tell('undo.keptSince')] as const);
  return [...back, ...stayed].map((parts) => `    ${parts.map(printableId).join('  ')}`);
}

/** What the CRM does not know, and what there is to do about it. */
function missingLines(record: EventRecord, language: Language): string[] {
  const missing = missingText(record, EVENT_WORDS[language], MAX_SHOWN);
  return missing === '' ? [] : [`  ${missing}`, `    ${tellIn(language)('event.link')}`];
}

function expiredLines({ plan }: EventRecord, plans: Plan[], words: EventWords): string[] {
  const numbers = Array.from({ length: plan }, (_, index) => index + 1);
  const expired = numbers.filter((number) => !plans.some((kept) => kept.number === number));
  return expired.length === 0 ? [] : [`  ${words.plansExpired(expired)}`];
}

function planLines(plan: Plan, language: Language): string[] {
  const words = EVENT_WORDS[language];
  return [
    words.plan(plan.number),
    ...intentionLines(plan, words),
    ...plan.steps.flatMap((step) => stepLine(step, plan, words)),
    ...plan.decisions.map(
      (one) => `    ${printableId(one.key)}${colon(language)}${decisionSentence(plan, one, language)}`,
    ),
  ];
}

/** Who goes into whom, from what the aliases say at that time. */
function intentionLines({ identities, unknownInCrm, steps }: Plan, words: EventWords): string[] {
  const merged = listed(words.merge, identities.absorbed, words);
  const what = merged.length > 0 ? merged : [words.mergedBefore];
  const who = [...what, `${words.into}${printableId(identities.survivor)}`];
  if (unknownInCrm) return [...who, words.unknownInCrm];
  return steps.length === 0 ? [...who, words.nothingLeft] : who;
}

function stepLine(step: Step, plan: Plan, words: EventWords): string[] {
  if (step.kind === 'merge')
    return [...listed(words.mergeRecord, step.losers, words), words.intoRecord(recordOf(plan, words))];
  if (step.kind === 'create') return [words.createRecord(printableId(plan.identities.survivor))];
  if (step.kind === 'update') return updateLines(step.write.contactId, plan, words);
  return [`    webhook-id ${printableId(step.key)}`];
}

const recordOf = ({ survivorRecord }: Plan, words: EventWords) =>
  words.record(survivorRecord && printableId(survivorRecord));

/** A survivor without a record of its own gets that of a loser. */
function updateLines(contactId: string | undefined, plan: Plan, words: EventWords): string[] {
  if (contactId === undefined) return [];
  const [adopted] = plan.before;
  const former = adopted?.contactId === undefined ? undefined : printableId(adopted.contactId);
  return [words.recordOf(recordOf(plan, words), former), words.adopted(printableId(contactId))];
}

const journalLine = (entry: JournalEntry, language: Language) =>
  EVENT_WORDS[language].call(entry.plan, printableId(callText(entry, language)), entry.attempt) +
  printableId(outcomeText(entry, language));
