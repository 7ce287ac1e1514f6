/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Context, Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { ALL_LISTS, ALL_STATES, operatorActionsOf } from '../ledger/event-states.ts';
import { readEventStory } from '../merge/event-story.ts';
import { followAliases } from '../merge/plan/resolve-aliases.ts';
import { operate } from '../recovery/operator-actions.ts';
import { exportOf } from './export/exported.ts';
import { EXPORT_FORMATS, type ExportFormat, exportedAs } from './export/formats.ts';
import { ContactPage } from './pages/contact.tsx';
import { EventPage } from './pages/event.tsx';
import { EventsPage } from './pages/events.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { ProblemPage } from './pages/problem.tsx';
import { hrefOf, type View } from './pages/view.ts';
import { filterIn, positionIn, unreadableIn } from './read/address.ts';
import { readContactTree } from './read/contact-tree.ts';
import { readRate } from './read/crm-rate.ts';
import { eventsAsCsv } from './read/csv.ts';
import { eventsOfContact } from './read/events-of-contact.ts';
import { findEvents } from './read/find-events.ts';
import { readOverview } from './read/overview.ts';

export interface ConsoleEnv {
  Variables: { view: View };
}
type Request = Context<ConsoleEnv>;

const PAGE_SIZE = 50;

export const page = (c: Request, content: Child, status: 200 | 403 | 404 | 413 | 415 | 503 = 200) =>
  c.html(`<!doctype html>${String(content)}`, status);

/** What a page is drawn with, and the ledger of its tenant. */
export const parts = (c: Request) => {
  const view = c.get('view');
  return { view, ledger: view.options.deployment.ledger(view.tenant) };
};

/** The pages that show. Nothing here changes anything. */
export function addPages(app: Hono<ConsoleEnv>): void {
  app.get('/:tenant', showOverview);
  app.get('/:tenant/events', showEvents);
  app.get('/:tenant/events.csv', sendCsv);
  app.get('/:tenant/events/:id', showEvent);
  app.get('/:tenant/events/:id/before/:format', sendExport);
  app.get('/:tenant/contacts/:id', showContact);
  app.get('/:tenant/find', find);
}

async function showOverview(c: Request) {
  const { view, ledger } = parts(c);
  const [overview, rate] = await Promise.all([
    readOverview(ledger, view.now),
    readRate(view.options.deployment.rates, view.tenant),
  ]);
  return page(c, <OverviewPage view={view} overview={overview} rate={rate} />);
}

async function readPage(c: Request, limit: number) {
  const { view, ledger } = parts(c);
  const filter = filterIn((name) => c.req.query(name));
  const from = positionIn(c.req.query('after'));
  return { view, filter, from, found: await findEvents(ledger, filter, { from, limit }) };
}

async function showEvents(c: Request) {
  const { view, filter, from, found } = await readPage(c, PAGE_SIZE);
  const unreadable = unreadableIn((name) => c.req.query(name));
  return page(c, <EventsPage {...{ view, filter, unreadable, page: found, isFirst: from === undefined }} />);
}

async function sendCsv(c: Request) {
  const { found } = await readPage(c, PAGE_SIZE);
  c.header('content-type', 'text/csv; charset=utf-8');
  c.header('content-disposition', 'attachment; filename="events.csv"');
  return c.body(eventsAsCsv(found.records));
}

async function showEvent(c: Request) {
  const { view, ledger } = parts(c);
  const id = c.req.param('id') ?? '';
  const record = (await ledger.events.read(id))?.value;
  if (!record) return notFound(c, id);
  const story = await readEventStory(ledger, record);
  const named = story.event ? [story.event.survivorId] : [];
  const { roots } = await followAliases(ledger.contacts, named);
  const [showsValues, did] = [c.req.query('values') === '1', c.req.query('did')];
  return page(
    c,
    <EventPage view={view} story={story} roots={roots} showsValues={showsValues} did={knownResult(did)} />,
  );
}

const MEDIA_TYPES: Record<ExportFormat, string> = { json: 'application/json', csv: 'text/csv', html: 'text/html' };

/** Both records as they were, as a file. */
async function sendExport(c: Request) {
  const { view, ledger } = parts(c);
  const id = c.req.param('id') ?? '';
  const format = EXPORT_FORMATS.find((one) => one === c.req.param('format'));
  const record = (await ledger.events.read(id))?.value;
  const exported = record && format && exportOf(view.tenant, await readEventStory(ledger, record));
  if (!exported || !format) return notFound(c, id);
  c.header('content-type', `${MEDIA_TYPES[format]}; charset=utf-8`);
  c.header('content-disposition', `attachment; filename="before.${format}"`);
  return c.body(exportedAs(format, exported, view.language));
}

const RESULTS = [
  'queued',
  'not-possible',
  'no-such-event',
  'linked',
  'no-record',
  'not-a-candidate',
  'busy',
  'record-changed',
  'undo-queued',
];
const knownResult = (did: string | undefined) => RESULTS.find((one) => one === did);

export const notFound = (c: Request, id: string) =>
  page(c, <ProblemPage view={c.get('view')} title="frame.notFoundTitle" text="frame.notFound" values={{ id }} />, 404);

async function showContact(c: Request) {
  const { view, ledger } = parts(c);
  const id = c.req.param('id') ?? '';
  const whole = await readContactTree(ledger, id);
  // Of a tree that is too large to be drawn whole, the branch that was asked for.
  const tree = whole.isCut && whole.root.id !== id ? await readContactTree(ledger, id, { top: id }) : whole;
  const open = (c.req.query('open') ?? '').split(',').filter(Boolean);
  return page(c, <ContactPage view={view} contactId={id} tree={tree} open={open} />);
}

/** An id that was typed or pasted: an event's, or else a contact's. */
async function find(c: Request) {
  const { view, ledger } = parts(c);
  const id = (c.req.query('q') ?? '').trim();
  if (id === '') return c.redirect(hrefOf(view, ['events']), 303);
  if (await ledger.events.read(id)) return c.redirect(hrefOf(view, ['events', id]), 303);
  const [{ version }, losers] = await Promise.all([ledger.contacts.read(id), ledger.contacts.losers(id, 1)]);
  const isNamed = version > 0 || losers.length > 0 || (await eventsOfContact(ledger, id)).length > 0;
  if (!isNamed) return notFound(c, id);
  return c.redirect(hrefOf(view, ['contacts', id]), 303);
}

const ACTIONS = ALL_STATES.flatMap(operatorActionsOf);
export const actionIn = (text: unknown) => ACTIONS.find((action) => action === text);
export const listIn = (text: unknown) => ALL_LISTS.find((list) => list === text);

/** What a page may do to one event. */
export function addEventActions(app: Hono<ConsoleEnv>): void {
  app.post('/:tenant/events/:id/act', async (c) => {
    const { view, ledger } = parts(c);
    const { deployment, now, operator } = view.options;
    const id = c.req.param('id');
    const action = actionIn((await c.req.parseBody()).action);
    if (!action) return notFound(c, id);
    const did = await operate(id, action, { ledger, queue: deployment.queue, now, by: operator });
    return c.redirect(hrefOf(view, ['events', id], { did }), 303);
  });
}
