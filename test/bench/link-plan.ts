/**
 * How long a linking plan takes and how much memory: `npm run bench:link -- --count 100000`. So many
 * contacts of an export against so many records of the HubSpot look-alike, which answers in this process; its time and
 * memory are taken off. Fails above 60 s and 500 MB, and when a call is made that is not needed.
 */

import { reportCsv } from '../../lib/cli/link/report.ts';
import { createHubspotLinking } from '../../lib/crm/hubspot/linking.ts';
import { planLinks } from '../../lib/linking/plan-links.ts';
import { readContacts } from '../../lib/linking/read-contacts.ts';
import { scanRecords } from '../../lib/linking/scan-records.ts';
import { readTable } from '../../lib/linking/table/read-table.ts';
import type { Fetch } from '../../lib/ports.ts';
import { createHubspotLookalike } from '../lookalikes/hubspot.ts';
import { property } from '../lookalikes/hubspot-account.ts';
import { asTyped, exportOf, makePeople } from '../lookalikes/people.ts';
import { helpIfAsked } from './help.mjs';

helpIfAsked(import.meta.url);

const MAX_SECONDS = 60;
const MAX_MEGABYTES = 500;
const [, , , count = '100000'] = process.argv;

const { portal, fetch, seen } = createHubspotLookalike({ now: Date.now });
portal.properties.set('dustess_contact_id', property('dustess_contact_id'));
const { people, records: made } = makePeople(Number(count));
for (const [index, { person }] of made.entries())
  portal.create({ firstname: person.name, mobilephone: asTyped(person, index) });
const file = Buffer.from(exportOf(people));
globalThis.gc?.();
const before = process.memoryUsage().rss;

let inCalls = 0;
let skipped = 0;
const timedFetch: Fetch = async (url, init) => {
  const start = performance.now();
  const answer = await fetch(url, init);
  seen.length = 0;
  inCalls += performance.now() - start;
  calls += 1;
  return answer;
};
let calls = 0;
let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss - before);
}, 50);

// Waiting for the rate limit moves the clock.
const now = () => Date.now() + skipped;
const sleep = async (ms: number) => {
  skipped += ms;
};
const start = performance.now();
const how = { keys: ['mobile', 'email'], columns: {}, country: 'CN' as const };
const { contacts } = readContacts(await readTable(file), how);
const crm = createHubspotLinking({ fetch: timedFetch, token: 'pat-test', now, sleep, timeoutMs: 60_000 });
const properties = { mobile: ['mobilephone', 'phone'], email: ['email', 'hs_additional_emails'] };
const { records, pages } = await scanRecords(crm, { properties, country: 'CN', now, sleep });
const rows = planLinks(contacts, records, { keys: how.keys, sharedByAtMost: 5, survivors: new Map() });
const report = reportCsv(rows, 'zh');
const seconds = (performance.now() - start - inCalls) / 1000;
clearInterval(watch);
const megabytes = Math.max(peak, process.memoryUsage().rss - before) / 1024 / 1024;
const matched = rows.filter(({ writes }) => writes !== undefined).length;
process.stdout.write(
  `${contacts.length} contacts, ${records.length} records: ${seconds.toFixed(1)} s beside the calls, ` +
    `${megabytes.toFixed(0)} MB, ${pages} calls; ${matched} to link, report of ${(report.length / 1e6).toFixed(1)} MB\n`,
);
if (seconds > MAX_SECONDS || megabytes > MAX_MEGABYTES || calls > Math.ceil(records.length / 100)) process.exitCode = 1;
