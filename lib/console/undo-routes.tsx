/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono';
import { CrmError } from '../errors.ts';
import type { EventRecord } from '../ledger/event-record.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import { askUndo } from '../undo/ask-undo.ts';
import { prepareUndo, type UndoProposal } from '../undo/prepare-undo.ts';
import { proposalDigest } from '../undo/proposal-digest.ts';
import { refusalSentence, type UndoRefusal } from '../undo/refusals.ts';
import { ProblemPage } from './pages/problem.tsx';
import { type NotDone, UndoPage } from './pages/undo.tsx';
import { UndoRefusedPage } from './pages/undo-refused.tsx';
import { hrefOf } from './pages/view.ts';
import { type ConsoleEnv, notFound, page, parts } from './routes.tsx';
import type { TextName } from './texts/texts.ts';

type Request = Context<ConsoleEnv>;

/** Taking a merge back: its plan, and what a person says of it. Needs `allowActions`. */
export function addUndo(app: Hono<ConsoleEnv>): void {
  app.get('/:tenant/events/:id/undo', (c) => withProposal(c, async (proposal) => showPlan(c, proposal)));
  app.post('/:tenant/events/:id/undo', (c) => withProposal(c, (proposal) => carryOut(c, proposal)));
}

const NOT_DONE: NotDone[] = ['wrongId', 'changed'];

function showPlan(c: Request, proposal: UndoProposal) {
  const notDone = NOT_DONE.find((one) => one === c.req.query('said'));
  const showsValues = c.req.query('values') === '1';
  return page(c, <UndoPage view={c.get('view')} {...{ proposal, showsValues, notDone }} />);
}

/** The plan is made anew: only one that would do what the page showed is handed to the workers. */
async function carryOut(c: Request, proposal: UndoProposal): Promise<Response> {
  const { view, ledger } = parts(c);
  const { deployment, now, operator } = view.options;
  const { eventId, plan } = proposal;
  const { confirm, plan: shown } = await c.req.parseBody();
  const again = (said: NotDone) => c.redirect(hrefOf(view, ['events', eventId, 'undo'], { said }), 303);
  if (typeof confirm !== 'string' || confirm.trim() !== plan.survivor) return again('wrongId');
  if (shown !== proposalDigest(proposal)) return again('changed');
  const did = await askUndo(proposal, { ledger, queue: deployment.queue, now, by: operator });
  return c.redirect(hrefOf(view, ['events', eventId], { did: did === 'queued' ? 'undo-queued' : did }), 303);
}

async function withProposal(c: Request, work: (proposal: UndoProposal) => Promise<Response>): Promise<Response> {
  const { view, ledger } = parts(c);
  const { deployment, allowActions } = view.options;
  const id = c.req.param('id') ?? '';
  if (!allowActions) return problem(c, 'frame.readOnly', 'frame.refusedAction', 403);
  const record = (await ledger.events.read(id))?.value;
  if (!record) return notFound(c, id);
  const tenant = await deployment.tenantCrm?.(view.tenant);
  if (!tenant) return problem(c, 'undo.section', 'undo.notHere', 404);
  const answer = await propose(c, record, tenant);
  if (answer === 'cannot-ask') return problem(c, 'undo.section', 'undo.cannotAsk', 503);
  if (!('refused' in answer)) return work(answer);
  return page(c, <UndoRefusedPage view={view} eventId={id} text={refusalSentence(answer)[view.language]} />);
}

async function propose(
  c: Request,
  record: EventRecord,
  tenant: TenantCrm,
): Promise<UndoProposal | UndoRefusal | 'cannot-ask'> {
  const { view, ledger } = parts(c);
  const asking = { by: view.options.operator, now: view.options.now() };
  try {
    return await prepareUndo(ledger, record, tenant, asking);
  } catch (error) {
    if (error instanceof CrmError) return 'cannot-ask';
    throw error;
  }
}

const problem = (c: Request, title: TextName, text: TextName, status: 403 | 404 | 503) =>
  page(c, <ProblemPage view={c.get('view')} title={title} text={text} />, status);
