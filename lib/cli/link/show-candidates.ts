import type { Candidate, Candidates } from '../../linking/candidates.ts';
import type { Asked } from '../../linking/confirm-candidate.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { LINK_EVENT_WORDS } from './link-event-words.ts';
import { HOME } from './read-options.ts';
import { sameOptions, spelled } from './same-options.ts';
import type { TenantOptions } from './tenant-settings.ts';

interface ShowOptions extends TenantOptions {
  values?: true;
  by?: string;
  country: string;
}

/** Which record each contact may be, and the command to answer with. */
export function showCandidates(eventId: string, asked: Asked[], options: ShowOptions, io: Io): void {
  const { json, values } = options;
  if (json) return io.out(JSON.stringify(asked.map((one) => forScripts(one, values === true))));
  const words = LINK_EVENT_WORDS[io.language];
  for (const { contact, candidates } of asked) {
    io.say(words.contact(printableId(contact)));
    if (!candidates) io.say(words.nothingSaid);
    else for (const line of candidateLines(candidates, contact, values === true, io)) io.say(line);
  }
  io.say(words.next);
  const command = `  npx merge-sync link${optionsToAnswer(eventId, asked[0]?.contact ?? '', options)}`;
  io.out([`${command} --record`, 'RECORD'].join(' '));
  io.out(`${command} --nobody`);
}

/** With the country: the numbers of an answer's contact are compared once more. */
function optionsToAnswer(eventId: string, contactId: string, options: ShowOptions): string {
  const { by } = options;
  const country = options.country === HOME ? undefined : options.country;
  const about = spelled({ event: printableId(eventId), contact: printableId(contactId) });
  return `${about}${sameOptions(options)}${spelled({ country, by })}`;
}

function forScripts({ contact, candidates }: Asked, isOpen: boolean) {
  const records = candidates?.records.map(({ values, ...candidate }) =>
    isOpen ? { ...candidate, values } : candidate,
  );
  return { contact, candidates: records ?? null, ...(candidates?.isComplete === false && { isComplete: false }) };
}

function candidateLines({ records, isComplete }: Candidates, contact: string, isOpen: boolean, io: Io): string[] {
  const words = LINK_EVENT_WORDS[io.language];
  return [
    ...(records.length === 0 && isComplete ? [words.none] : []),
    ...records.flatMap((candidate) => linesOf(candidate, contact, isOpen, io)),
    ...(isComplete ? [] : [words.more]),
  ];
}

function linesOf({ recordId, agrees, contactIds, values }: Candidate, contact: string, isOpen: boolean, io: Io) {
  const words = LINK_EVENT_WORDS[io.language];
  const foreign = contactIds.filter((id) => id !== contact);
  return [
    words.record(printableId(recordId), agrees.join(', ')),
    ...foreign.map((id) => words.carries(printableId(id))),
    ...(isOpen ? Object.entries(values).map(([key, texts]) => `    ${key}: ${texts.map(printableId).join(', ')}`) : []),
  ];
}
