/**
 * A look-alike to try `npm start` against: `npm run lookalike -- hubspot` or `-- salesforce`. Loopback only, in memory.
 * It has the contacts A, B and C and the two of the sender's sample, and prints the two lines that start the stack with it.
 * With `--people 200` it has so many people instead whom nothing links to 尘锋 yet, and writes 尘锋's export of them.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { guardServer } from '../../lib/local/guard-server.ts';
import { listen } from '../../lib/local/listen.ts';
import { readBody } from '../../lib/local/read-body.ts';
import { localClock } from '../../lib/local-time.ts';
import type { Fetch } from '../../lib/ports.ts';
import { exportOf, makePeople } from './people.ts';
import { LOOKALIKES, type Lookalike } from './startable.ts';

const EXPORT = 'contacts.csv';
const MAX_BYTES = 10 * 1024 * 1024;
const print = (line: string) => process.stdout.write(`${line}\n`);

const [kind = '', option, count] = process.argv.slice(2);
const make = Object.hasOwn(LOOKALIKES, kind) ? LOOKALIKES[kind] : undefined;
const people = option === '--people' ? Number(count ?? 200) : 0;
if (make && Number.isInteger(people)) await run(make());
else {
  process.stderr.write(`Say which one: npm run lookalike -- ${Object.keys(LOOKALIKES).join(' | ')} [--people 200]\n`);
  process.exitCode = 2;
}

async function run(lookalike: Lookalike): Promise<void> {
  const { fetch, variables, contacts } = lookalike;
  const whom = people > 0 ? addPeople(lookalike) : seedContacts(lookalike);
  const server = createServer((request, response) => void serve(fetch, request, response, contacts));
  guardServer(server, { pages: false });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  print(`A look-alike of ${kind}, with ${whom}. In a second terminal:\n`);
  print(`export CRM=${kind} ${variables(url)}\nnpm start\n`);
  print('It forgets everything when it ends: Ctrl-C.');
}

function seedContacts({ seed, contacts }: Lookalike): string {
  const { mainID, mergedIDs } = SAMPLE_ENVELOPE.body;
  for (const id of ['A', 'B', 'C', mainID, ...(mergedIDs as string[])]) seed(String(id));
  return `the contacts ${contacts().join(', ')}`;
}

function addPeople({ add, contacts }: Lookalike): string {
  const made = makePeople(people);
  for (const [index, record] of made.records.entries()) add(record, index);
  writeFileSync(EXPORT, exportOf(made.people));
  return `${contacts().length} records; ${EXPORT} is 尘锋's export of ${people} contacts`;
}

async function serve(fetch: Fetch, request: IncomingMessage, response: ServerResponse, contacts: () => string[]) {
  const { method = 'GET', url = '/' } = request;
  const body = await readBody(request, MAX_BYTES);
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const init = { method, headers, ...(body && body.length > 0 && { body: body.toString('utf8') }) };
  const answer = await fetch(`http://lookalike${url}`, init);
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  const path = url.split('?')[0];
  print(`${localClock(Date.now())}  ${method} ${path}  ${answer.status}; contacts now: ${contacts().length}`);
}
