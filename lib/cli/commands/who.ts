import { Command } from 'commander';
import { type ContactTree, readContactTree, type TreeContact } from '../../console/read/contact-tree.ts';
import type { Contact } from '../../ledger/contacts.ts';
import { localTime } from '../../local-time.ts';
import { followAliases } from '../../merge/plan/resolve-aliases.ts';
import type { Language } from '../../sentence.ts';
import { EVENT_WORDS } from '../event-words.ts';
import { Refused } from '../exit.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type Service, type ServiceOptions } from '../service-options.ts';
import { TREE_EVENT_WORDS } from '../tree-event-words.ts';
import { treeLines } from '../tree-lines.ts';
import { UNDO_WORDS } from '../undo/undo-event-words.ts';

interface WhoOptions extends ServiceOptions {
  tree?: true;
}

export function whoCommand(io: Io): Command {
  const command = new Command('who')
    .summary('show who a contact is now')
    .description(
      'Follows the aliases from a 尘锋 contact id to the contact it is part of now; with --tree also downwards, to all ' +
        'that were merged into it: when, and by which event.',
    )
    .argument('<contact-id>', 'a 尘锋 contact id', idArgument);
  return addServiceOptions(command)
    .option('--tree', 'also all contacts that were merged into it')
    .addHelpText('after', EXAMPLES)
    .action((contactId: string, options: WhoOptions) => who(contactId, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync who 2df106aa-7057-11ed-a049-a2eb63fbe44a --local
  npx merge-sync who --prefix merge-sync-prod --tree eb2198d0-7057-11ed-a049-a2eb63fbe44a`;

const MOST_IN_TREE = 10_000;

async function who(contactId: string, options: WhoOptions, io: Io): Promise<void> {
  const service = await openService(options, io);
  const way = await follow(service, contactId);
  const tree =
    options.tree && (await readContactTree(service.ledger, contactId, { top: contactId, most: MOST_IN_TREE }));
  if (options.json) io.out(JSON.stringify(tree ? { way, tree: tree.root } : way));
  else {
    for (const { contactId: id, contact } of way) io.say(describe(id, contact, io.language).join('\n  '));
    if (tree && way.length > 0) printTree(tree, io);
  }
  if (way.length > 0) return;
  await service.checkTenant();
  throw new Refused(
    `contact ${printableId(contactId)} is unknown: no merge of tenant ${service.ledger.tenant} has been worked on with it; ` +
      `an event that waits may name it: merge-sync events --state all --contact ${printableId(contactId)}`,
  );
}

function printTree({ root, shown }: ContactTree, io: Io): void {
  const words = TREE_EVENT_WORDS[io.language];
  io.out('');
  for (const line of treeLines(root, { words, columns: io.columns?.out })) io.out(line);
  io.err(shown === 1 ? words.nothing : words.total(shown - 1 + hiddenIn(root)));
}

const hiddenIn = ({ hidden, losers }: TreeContact): number =>
  losers.reduce((sum, loser) => sum + hiddenIn(loser), hidden);

/** From the contact to the one it is now. @returns nothing for a contact that the ledger has never heard of. */
async function follow({ ledger }: Service, contactId: string) {
  const { ways, seen } = await followAliases(ledger.contacts, [contactId]);
  if ((seen.get(contactId)?.version ?? 0) === 0) return [];
  return (ways[0] ?? []).map((id) => ({ contactId: id, contact: seen.get(id)?.value ?? {} }));
}

/** An id a line, so that a narrow window does not cut them. */
function describe(contactId: string, contact: Contact, language: Language): string[] {
  const { mergedInto, mergedBy, recordId, lockedBy } = contact;
  const words = EVENT_WORDS[language];
  const id = printableId(contactId);
  if (mergedInto) return [id, words.mergedInto(printableId(mergedInto)), words.byEvent(printableId(mergedBy ?? '?'))];
  return [
    id,
    words.isItself,
    ...(recordId ? [words.crmRecord(printableId(recordId))] : []),
    ...(lockedBy ? [words.lockedBy(printableId(lockedBy.event))] : []),
    ...separations(contact, language),
  ];
}

const MOST_SEPARATIONS = 20;

/** Whom an operator has separated it from, the latest ones. */
function separations({ undone = [] }: Contact, language: Language): string[] {
  const words = UNDO_WORDS[language];
  return undone
    .slice(-MOST_SEPARATIONS)
    .flatMap(({ with: other, by, at, event }) => [
      words.separatedFrom(printableId(other)),
      words.separatedBy(printableId(by), localTime(at), printableId(event)),
    ]);
}
