import { Command } from 'commander';
import { rateText, readRate } from '../../console/read/crm-rate.ts';
import { type Overview, readOverview } from '../../console/read/overview.ts';
import { agoText, countOfEvents, countText } from '../../console/texts/counts.ts';
import { reasonMeaning, reasonTodo } from '../../console/texts/reason-sentences.ts';
import { ageIn, tellIn } from '../../console/texts/texts.ts';
import type { RateState } from '../../crm/rate-budget.ts';
import { forAPerson, type WaitingGroup } from '../../ledger/what-waits.ts';
import { columnsOf } from '../../local/story/wrap.ts';
import { comma } from '../../sentence.ts';
import { EVENT_WORDS } from '../event-words.ts';
import type { Io } from '../io.ts';
import { sameOptions, spelled } from '../link/same-options.ts';
import { printableId } from '../printable.ts';
import { addServiceOptions, openService, type ServiceOptions } from '../service-options.ts';

export function statusCommand(io: Io): Command {
  const command = new Command('status')
    .summary('show what waits for you, and how it goes')
    .description(
      'Shows what waits for a person, by reason and with its age, and what to do first; what is on its way, the last ' +
        'callback, the latest merge, the rate of CRM calls, and contacts that the CRM does not know. Changes nothing.',
    );
  return addServiceOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  npx merge-sync status --prefix merge-sync-prod\n  npx merge-sync status --json',
    )
    .action((options: ServiceOptions) => status(options, io));
}

async function status(options: ServiceOptions, io: Io): Promise<void> {
  const { ledger, rates, checkTenant } = await openService(options, io);
  const [overview, rate] = await Promise.all([readOverview(ledger, io.now()), readRate(rates, ledger.tenant)]);
  if (overview.lastCallback === undefined) await checkTenant();
  if (options.json) return io.out(JSON.stringify(forScripts(overview, rate)));
  // Not by `say`: these texts are in the language already.
  for (const line of [...waitingLines(overview, options, io), ...factLines(overview, rate, io)])
    line.includes('npx ') ? io.out(line) : io.show(line);
}

function forScripts(overview: Overview, rate: RateState | undefined) {
  const { open, unlinked, lastCallback = null, lastSuccess = null, isWaitingCut } = overview;
  return { waiting: forAPerson(overview), isWaitingCut, open, unlinked, lastCallback, lastSuccess, rate: rate ?? null };
}

function waitingLines(overview: Overview, options: ServiceOptions, io: Io): string[] {
  const tell = tellIn(io.language);
  const groups = forAPerson(overview);
  return [
    tell('overview.first'),
    ...(groups.length === 0 ? [`  ✓ ${tell('overview.allWell')}`] : []),
    ...groups.flatMap((group) => groupLines(group, options, io)),
    ...(overview.isWaitingCut ? [`  ${tell('overview.cut')}`] : []),
  ];
}

function groupLines({ list, reason, count, since }: WaitingGroup, options: ServiceOptions, io: Io): string[] {
  const { language } = io;
  const tell = tellIn(language);
  const many = countOfEvents(count, tell);
  const age = tell('overview.waitsSince', { age: ageIn(language, io.now() - since) });
  const todo = printableId(reasonTodo(reason, io));
  const asks = todo === '' || todo === '–' ? [] : [`    ${EVENT_WORDS[language].toDo}${todo}`];
  return [
    `  ${list}: ${printableId(reason)}  ${many}${comma(language)}${age}`,
    `    ${printableId(reasonMeaning(reason, io))}`,
    ...asks,
    `    npx merge-sync events${spelled({ state: list, reason: printableId(reason) })}${sameOptions(options)}`,
  ];
}

const LABEL_COLUMNS = 26;

function factLines(overview: Overview, rate: RateState | undefined, io: Io): string[] {
  const { language } = io;
  const tell = tellIn(language);
  const { value, note } = { note: undefined, ...rateText(rate, language, io.now()) };
  const ago = (at: number | undefined) => agoText(at, io.now(), language);
  const facts: [string, string][] = [
    [tell('overview.backlog'), countText(overview.open, tell)],
    [tell('overview.lastCallback'), ago(overview.lastCallback)],
    [tell('overview.lastSuccess'), ago(overview.lastSuccess)],
    [tell('overview.unknown'), countText(overview.unlinked, tell)],
    [tell('overview.rate'), note === undefined ? value : `${value}${comma(language)}${note}`],
  ];
  const padded = (label: string) => label + ' '.repeat(Math.max(2, LABEL_COLUMNS - columnsOf(label)));
  return [tell('overview.now'), ...facts.map(([label, text]) => `  ${padded(label)}${text}`)];
}
