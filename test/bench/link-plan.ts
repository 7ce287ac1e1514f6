/**
 * How long first linking takes and how much memory: `npm run bench:link -- --count 100000`. So many contacts of an export
 * against so many records of the HubSpot look-alike, which answers in this process; its time is taken off, and the memory
 * that its records take. Plans, then writes the plan. Fails above 60 s of CPU for either, above 500 MB for the plan, and where the calls are not counted exactly: a scan by the
 * hundred, a write by the hundred, and two looks before each.
 */

import { reportCsv } from '../../lib/cli/link/report.ts';
import { createHubspotLinking } from '../../lib/crm/hubspot/linking.ts';
import { applyPlan } from '../../lib/linking/apply-plan.ts';
import { sealPlan } from '../../lib/linking/link-plan.ts';
import { planLinks } from '../../lib/linking/plan-links.ts';
import { plannedLinks } from '../../lib/linking/planned-links.ts';
import { readContacts } from '../../lib/linking/read-contacts.ts';
import { scanRecords } from '../../lib/linking/scan-records.ts';
import { readTable } from '../../lib/linking/table/read-table.ts';
import { readLog } from '../../lib/linking/write-log.ts';
import type { Fetch } from '../../lib/ports.ts';
import { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { property } from '../lookalikes/hubspot-account.ts';
import { asTyped, exportOf, makePeople } from '../lookalikes/people.ts';
import { helpIfAsked } from './help.mjs';

helpIfAsked(import.meta.url);

const MAX_SECONDS = 60;
const MAX_MEGABYTES = 500;
const [, , , text = '100000'] = process.argv;
const count = Number(text);

const { portal, fetch, seen } = createHubspotLookalike({ now: Date.now });
portal.properties.set('dustess_contact_id', property('dustess_contact_id', { hasUniqueValue: true }));
const { people, records: made } = makePeople(count);
for (const [index, { person }] of made.entries())
  portal.create({ firstname: person.name, mobilephone: asTyped(person, index) });
// People that 尘锋 does not know: the CRM has as many records as the export has rows.
for (let index = made.length; index < count; index++)
  portal.create({ firstname: `alone ${index}`, mobilephone: `+86 136 ${String(10_000_000 + index)}` });
const file = Buffer.from(exportOf(people));
globalThis.gc?.();
const before = process.memoryUsage().rss;

// Beside the calls there is nothing to wait for: the CPU's time says what a quiet machine's clock would.
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
let inCalls = 0;
let skipped = 0;
const calls = { scan: 0, read: 0, update: 0 };
const timedFetch: Fetch = async (url, init) => {
  const start = cpuMs();
  const answer = await fetch(url, init);
  seen.length = 0;
  inCalls += cpuMs() - start;
  calls[url.includes('/batch/update') ? 'update' : url.includes('/batch/read') ? 'read' : 'scan'] += 1;
  return answer;
};
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss - before);
}, 50);

// Waiting for the rate limit moves the clock.
const now = () => Date.now() + skipped;
const sleep = async (ms: number) => {
  skipped += ms;
};

const measured = { start: 0, inCalls: 0 };
const begin = () => Object.assign(measured, { start: cpuMs(), inCalls });
const secondsBesideCalls = () => (cpuMs() - measured.start - (inCalls - measured.inCalls)) / 1000;

begin();
const how = { keys: ['mobile', 'email'], columns: {}, country: 'CN' as const };
const { contacts } = readContacts(await readTable(file), how);
const crm = createHubspotLinking({ fetch: timedFetch, token: 'pat-test', now, sleep, timeoutMs: 60_000 });
const properties = { mobile: ['mobilephone', 'phone'], email: ['email', 'hs_additional_emails'] };
const { records } = await scanRecords(crm, { properties, country: 'CN', now, sleep });
const rows = planLinks(contacts, records, { keys: how.keys, sharedByAtMost: 5, survivors: new Map() });
const report = reportCsv(rows, 'zh');
const links = plannedLinks(rows, { contacts, records, salt: 'salt' });
const facts = {
  madeAt: '2026-11-27',
  tenant: 'main',
  crm: { kind: 'hubspot', address: 'a' },
  file: 'f',
  country: 'CN',
};
const plan = sealPlan({ ...facts, properties, counts: {}, salt: 'salt', links });
const planned = secondsBesideCalls();
const megabytesNow = () => Math.max(peak, process.memoryUsage().rss - before) / 1024 / 1024;
const megabytes = megabytesNow();

begin();
const log = async () => undefined;
const { written } = await applyPlan({ crm, plan, journal: readLog(''), log, now, sleep });
const applied = secondsBesideCalls();
clearInterval(watch);

const batches = Math.ceil(links.length / 100);
const expected = { scan: Math.ceil(records.length / 100), read: 2 * batches, update: batches };
process.stdout.write(
  `${contacts.length} contacts, ${records.length} records: plan in ${planned.toFixed(1)} s of CPU beside the calls, ` +
    `${megabytes.toFixed(0)} MB, ${calls.scan} calls; report of ${(report.length / 1e6).toFixed(1)} MB\n` +
    `${written} of ${links.length} ids written: ${applied.toFixed(1)} s of CPU beside the calls, ` +
    `${calls.update} writes, ${calls.read} looks before them\n`,
);
const isCounted = JSON.stringify(calls) === JSON.stringify(expected);
if (!isCounted) process.stderr.write(`calls: ${JSON.stringify(calls)} and not ${JSON.stringify(expected)}\n`);
const isFast = Math.max(planned, applied) <= MAX_SECONDS && megabytes <= MAX_MEGABYTES;
if (!isFast || !isCounted || written !== links.length) process.exitCode = 1;
