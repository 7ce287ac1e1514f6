import { Command } from 'commander';
import { CrmError } from '../../errors.ts';
import type { EventRecord } from '../../ledger/event-record.ts';
import { prepareUndo, type UndoProposal } from '../../undo/prepare-undo.ts';
import { refusalSentence } from '../../undo/refusals.ts';
import { Refused } from '../exit.ts';
import { idArgument } from '../id-argument.ts';
import type { Io } from '../io.ts';
import { knownEvent } from '../known-event.ts';
import { sameOptions } from '../link/same-options.ts';
import type { TenantOptions } from '../link/tenant-settings.ts';
import { operatorName } from '../operator-name.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type Service } from '../service-options.ts';
import { applyUndo, checkApply } from '../undo/apply-undo.ts';
import { describeUndo, undoForScripts } from '../undo/describe-undo.ts';
import { openCrm } from '../undo/open-crm.ts';
import { UNDO_WORDS } from '../undo/undo-event-words.ts';

interface UndoOptions extends TenantOptions {
  values?: true;
  by?: string;
  apply?: true;
  confirm?: string;
}

export function undoCommand(io: Io): Command {
  const command = new Command('undo')
    .summary('take a merge back, or show what that would do')
    .description(
      'Shows what taking the merge of an event back would do in the CRM: who comes back, what becomes of each field, and ' +
        'what cannot come back. Reads only; with --apply it asks, and the workers take the merge back. Events about these ' +
        'contacts that come later are parked.',
    )
    .argument('<event-id>', 'the event', idArgument);
  return addServiceOptions(command)
    .option('--crm <file>', 'CRM settings as in the crm parameter (default: the deployment’s own)')
    .option('--apply', 'take the merge back as shown')
    .option('--confirm <id>', 'with --apply: the id of the contact that stays, where there is no terminal to ask in')
    .option('--values', 'also the values (personal data)')
    .option('--by <name>', 'who the plan says would do it (default: $USER)')
    .addHelpText('after', EXAMPLES)
    .action(async (eventId: string, options: UndoOptions) => undo(eventId, options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync undo --prefix merge-sync-prod d7ed8618-6180-4ded-a5a5-a315369e6b1e
  npx merge-sync undo --prefix merge-sync-prod --apply d7ed8618-6180-4ded-a5a5-a315369e6b1e
  npx merge-sync undo --local --values d7ed8618-6180-4ded-a5a5-a315369e6b1e`;

async function undo(eventId: string, options: UndoOptions, io: Io): Promise<void> {
  checkApply(options);
  const by = operatorName(options.by, io);
  const service = await openService(options, io);
  const record = await knownEvent(eventId, service);
  const proposal = await propose(record, options, service, { by, io });
  const showsValues = options.values === true;
  if (!options.json) for (const line of describeUndo(proposal, { language: io.language, showsValues })) io.show(line);
  const asked = options.apply ? await applyUndo(proposal, options, { service, by, io }) : undefined;
  if (options.json) io.out(JSON.stringify({ ...undoForScripts(proposal, showsValues), ...(asked && { asked }) }));
  else sayNext(printableId(eventId), asked !== undefined, options, io);
}

/** The command is not broken where the terminal ends: it is to be copied. */
function sayNext(eventId: string, isAsked: boolean, options: UndoOptions, io: Io): void {
  const words = UNDO_WORDS[io.language];
  const { crm: _crm, ...service } = options;
  io.show(isAsked ? words.asked : words.nothingWritten);
  io.out(
    isAsked
      ? `  npx merge-sync show ${eventId}${sameOptions(service)}`
      : `  npx merge-sync undo --apply ${eventId}${sameOptions(options)}`,
  );
}

/** @throws Refused where the merge cannot be taken back, or the CRM cannot be asked now */
async function propose(
  record: EventRecord,
  options: UndoOptions,
  service: Service,
  { by, io }: { by: string; io: Io },
): Promise<UndoProposal> {
  const { ledger, rates } = service;
  const tenant = await openCrm(options, { tenant: ledger.tenant, rates }, io);
  const answer = await prepareUndo(ledger, record, tenant, { by, now: io.now() }).catch((error: unknown) => {
    if (error instanceof CrmError) throw new Refused(`the CRM cannot be asked now: ${error.message}`);
    throw error;
  });
  if ('refused' in answer) throw new Refused(refusalSentence(answer)[io.language]);
  return answer;
}
