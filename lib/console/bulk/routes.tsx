/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono';
import { isUsableId } from '../../dustess/ids.ts';
import { readWaiting } from '../../ledger/what-waits.ts';
import { startBulk } from '../../recovery/bulk-action.ts';
import { BulkPage } from '../pages/bulk.tsx';
import { BulkPlanPage } from '../pages/bulk-plan.tsx';
import { hrefOf } from '../pages/view.ts';
import { actionIn, type ConsoleEnv, listIn, notFound, page, parts } from '../routes.tsx';
import { type Choice, planBulk } from './choose-events.ts';

type Request = Context<ConsoleEnv>;
type Form = Record<string, unknown>;

const PAST = 50;

/** The page of bulk actions. */
export function addBulkPage(app: Hono<ConsoleEnv>): void {
  app.get('/:tenant/bulk', async (c) => {
    const { view, ledger } = parts(c);
    const range = { before: Number.MAX_SAFE_INTEGER, limit: PAST };
    const [{ waiting }, ids] = await Promise.all([readWaiting(ledger), ledger.bulkActions.newest(range)]);
    const past = await Promise.all(ids.map(({ id }) => ledger.bulkActions.read(id)));
    const chosen = waiting.filter(isAsked(c));
    const records = past.flatMap((stored) => stored?.value ?? []);
    return page(c, <BulkPage view={view} groups={chosen} past={records} changed={changedIn(c)} />);
  });
}

/** A link from the overview names one group; without it, all are shown. */
function isAsked(c: Request) {
  const [list, reason] = [c.req.query('list'), c.req.query('reason')];
  return (group: { list: string; reason: string }) =>
    (list === undefined || group.list === list) && (reason === undefined || group.reason === reason);
}

function changedIn(c: Request) {
  const [planned, now] = [c.req.query('planned'), c.req.query('now')];
  return planned === undefined || now === undefined ? undefined : { planned: Number(planned), now: Number(now) };
}

/** What a page may do to many events: plan first, then the same choice once more with the count that was shown. */
export function addBulkActions(app: Hono<ConsoleEnv>): void {
  app.post('/:tenant/bulk/plan', async (c) => {
    const { view, ledger } = parts(c);
    const form = await c.req.parseBody({ all: true });
    const [action, choice] = [actionIn(form.action), choiceIn(form)];
    if (!action || !choice) return c.redirect(hrefOf(view, ['bulk']), 303);
    return page(c, <BulkPlanPage view={view} choice={choice} plan={await planBulk(ledger, choice, action)} />);
  });
  app.post('/:tenant/bulk/run', run);
}

async function run(c: Request) {
  const { view, ledger } = parts(c);
  const { now, newId, operator, deployment } = view.options;
  const form = await c.req.parseBody({ all: true });
  const [action, choice, planned] = [actionIn(form.action), choiceIn(form), Number(form.count)];
  if (!action || !choice) return notFound(c, '');
  const { possible } = await planBulk(ledger, choice, action);
  if (possible.length !== planned)
    return c.redirect(hrefOf(view, ['bulk'], { planned: String(planned), now: String(possible.length) }), 303);
  const order = {
    action,
    ids: possible.map(({ eventId }) => eventId),
    ...('list' in choice && choice),
  };
  const { end } = await startBulk(order, { ledger, queue: deployment.queue, now, newId, by: operator });
  end.catch(() => undefined); // Its record says how far it came, and that it went no further.
  return c.redirect(hrefOf(view, ['bulk']), 303);
}

function choiceIn({ id, list, reason }: Form): Choice | undefined {
  const named = listIn(list);
  if (named && typeof reason === 'string') return { list: named, reason };
  const ids = [id].flat().filter((one): one is string => typeof one === 'string' && isUsableId(one));
  return ids.length > 0 ? { ids: [...new Set(ids)] } : undefined;
}
