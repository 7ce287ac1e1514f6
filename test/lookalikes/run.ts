/**
 * A look-alike to try `npm start` against: `npm run lookalike -- hubspot` or `-- salesforce`. Loopback only, in memory.
 * It has the contacts A, B and C and the two of the sender's sample, and prints the two lines that start the stack with it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { guardServer } from '../../lib/local/guard-server.ts';
import { listen } from '../../lib/local/listen.ts';
import { readBody } from '../../lib/local/read-body.ts';
import { localClock } from '../../lib/local-time.ts';
import type { Fetch } from '../../lib/ports.ts';
import { LOOKALIKES, type Lookalike } from './startable.ts';

const MAX_BYTES = 10 * 1024 * 1024;
const print = (line: string) => process.stdout.write(`${line}\n`);

const [kind = ''] = process.argv.slice(2);
const make = Object.hasOwn(LOOKALIKES, kind) ? LOOKALIKES[kind] : undefined;
if (make) await run(make());
else {
  process.stderr.write(`Say which one: npm run lookalike -- ${Object.keys(LOOKALIKES).join(' | ')}\n`);
  process.exitCode = 2;
}

async function run({ fetch, seed, variables, contacts }: Lookalike): Promise<void> {
  const { mainID, mergedIDs } = SAMPLE_ENVELOPE.body;
  for (const id of ['A', 'B', 'C', mainID, ...(mergedIDs as string[])]) seed(String(id));
  const server = createServer((request, response) => void serve(fetch, request, response, contacts));
  guardServer(server, { pages: false });
  const url = `http://127.0.0.1:${await listen(server, 0)}`;
  print(`A look-alike of ${kind}, with the contacts ${contacts().join(', ')}. In a second terminal:\n`);
  print(`export CRM=${kind} ${variables(url)}\nnpm start\n`);
  print('It forgets everything when it ends: Ctrl-C.');
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
