import { Command } from 'commander';
import { parseJson } from '../../dustess/parse-json.ts';
import { seal } from '../../dustess/seal.ts';
import { isJsonObject, type JsonObject } from '../../json.ts';
import { type CallbackInput, readCallbackInput, SAMPLE } from '../callback-input.ts';
import { type Exchange, exchange, meaningOf, parseUrl, URL_OPTION } from '../exchange.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { addKeyOptions, type KeyOptions, readKeys, requireReceiveId } from '../key-options.ts';
import { knownId } from '../known-id.ts';
import { type NamedMerge, namedMergeInput, readNamedMerge, seedDemoCrm } from '../named-merge.ts';
import { printableId } from '../printable.ts';
import { readInput } from '../read-input.ts';
import { stoppable } from '../stop-signals.ts';
import { wholeNumber } from '../whole-number.ts';

interface SendOptions extends KeyOptions {
  url: string;
  plain?: true;
  repeat: number;
  id?: string;
  main?: string;
  merge?: string[];
  seed?: true;
  json?: true;
}

export function sendCommand(io: Io): Command {
  const command = new Command('send')
    .summary('seal a callback as 尘锋 does and post it')
    .description(
      'Seals a callback as 尘锋 does and posts it. A captured callback that is sealed already goes out as it is.',
    )
    .argument('[file]', 'JSON of an event, - for stdin (default: the sample of 尘锋’s page)')
    .option(...URL_OPTION)
    .option('--main <id>', 'instead of a file: the contact that stays, by its 尘锋 id')
    .option('--merge <id...>', 'the contacts that are merged into it')
    .option('--seed', 'make these contacts in the demo CRM of npm start first');
  return addKeyOptions(command)
    .option('--plain', 'send plain text, unsigned: only for tenants that switched it on')
    .option('--repeat <n>', 'deliver the same event n times, as a sender that retries does', wholeNumber(1, 10_000), 1)
    .option('--id <id>', 'event id; one that the receiver has not seen makes it a new event')
    .option('--json', 'print {"accepted","id","answers":[{"status","code","ms"}]}')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: SendOptions) => {
      const merge = readNamedMerge(options, file);
      const input = merge ? namedMergeInput(merge, io) : await inputOf(file, io);
      await send(input, options, io, options.seed && merge);
    });
}

const inputOf = async (file: string | undefined, io: Io): Promise<CallbackInput> =>
  file === undefined ? SAMPLE : readCallbackInput(await readInput(file, io));

const EXAMPLES = `
Examples:
  npx merge-sync send
  npx merge-sync send --main A --merge B --seed
  npx merge-sync send merge.json --id "test-$(date +%s)" --repeat 3
  npx merge-sync send captured.json --url https://…/callback/main
  npx merge-sync send --url https://…/callback/main --keys door.json
  jq .body merge.json | npx merge-sync send - --json`;

/** @param seed a merge whose contacts are made in the demo CRM first, once it is sure that the event can be sealed */
async function send(input: CallbackInput, options: SendOptions, io: Io, seed?: NamedMerge): Promise<void> {
  const url = parseUrl(options.url);
  const id = options.id ?? input.id ?? io.randomBytes(16).toString('hex');
  const envelopeOf = await envelopes({ ...input, id }, options, io);
  if (seed) await makeContacts(url, seed, options, io);
  if (!options.json)
    io.say(`→ ${url.host}: event ${printableId(id)}, ${'captured' in input ? 'as captured' : named(input, options)}`);
  const known = knownId(id, input);
  if (known !== id) io.err(`the service keeps no such id: it knows the event as ${known ?? 'sha256-… of its content'}`);
  const answers: Answer[] = [];
  const deliver = async () => {
    for (let sent = 0; sent < options.repeat; sent++) {
      const answer = await post(url, envelopeOf(), io);
      answers.push(answer);
      if (!options.json) io.say(describe(answer));
    }
  };
  await stoppable(deliver, () => stoppedAfter(answers.length, options.repeat, printableId(known ?? id)), io);
  const refused = answers.find(({ accepted }) => !accepted);
  if (options.json) io.out(JSON.stringify({ accepted: !refused, id: known ?? id, answers: answers.map(forScripts) }));
  if (refused) throw new Refused(`the callback was not accepted: ${explain(refused)}`);
}

async function makeContacts(url: URL, merge: NamedMerge, { json }: SendOptions, io: Io): Promise<void> {
  const made = await seedDemoCrm(url, merge, io);
  if (!json) io.say(`demo CRM: ${made.map(printableId).join(', ') || 'no new contact'} made`);
}

const named = ({ event, action }: { event: string; action: string }, { plain }: SendOptions) =>
  `${event}/${action}, ${plain ? 'plain text' : 'encrypted and signed'}`;

/** Each call makes the next delivery: sealed anew, as of now. @throws UsageError, ConfigError */
async function envelopes(input: CallbackInput, options: SendOptions, io: Io): Promise<() => JsonObject> {
  if ('captured' in input) {
    if (options.plain) throw new UsageError('a captured callback is sealed already: leave out --plain');
    return () => ({ ...input.captured, ...(input.id !== undefined && { id: input.id }) });
  }
  const { id = '', event, action, body } = input;
  if (options.plain) return () => ({ id, event, action, body });
  const shared = await readKeys(options, io);
  const receiveId = requireReceiveId(options, shared, io);
  return () => {
    const timestamp = String(Math.floor(io.now() / 1000));
    const nonce = io.randomBytes(8).toString('hex');
    const sealed = seal(JSON.stringify(body), shared.keys[0], {
      receiveId,
      timestamp,
      nonce,
      random16: io.randomBytes(16),
    });
    return { id, event, action, body: { ...sealed } };
  };
}

interface Answer extends Exchange {
  /** What the answer's JSON says, if it is the JSON that 尘锋 expects. */
  code: number | undefined;
  accepted: boolean;
}

async function post(url: URL, envelope: JsonObject, io: Io): Promise<Answer> {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const answer = await exchange(url.href, { method: 'POST', headers, body: JSON.stringify(envelope) }, io);
  const json = parseJson(answer.body.toString('utf8'));
  const code = isJsonObject(json) && typeof json.code === 'number' ? json.code : undefined;
  return { ...answer, code, accepted: answer.status === 200 && code === 1 };
}

const forScripts = ({ status, code, ms }: Answer) => ({ status, code: code ?? null, ms });

/** The delivery under way may have arrived. */
const stoppedAfter = (answered: number, deliveries: number, id: string) =>
  `stopped: ${answered} of ${deliveries} deliveries were answered, one more may have arrived; merge-sync show ${id} says what the service knows`;

const SENDER_WAITS_MS = 1_000; // Sister products of 尘锋; of itself it is not known.

function describe({ status, code, ms, accepted }: Answer): string {
  const slow = ms > SENDER_WAITS_MS ? ', slower than the second that a sender may wait' : '';
  return `← ${status}, ${code === undefined ? 'no code' : `code ${code}`}, ${ms} ms${slow}: ${accepted ? 'accepted' : 'refused'}`;
}

function explain({ status, code }: Answer): string {
  if (status === 200 && code !== undefined) return `code ${code}; the receiver's log says why`;
  return `HTTP ${status}; ${meaningOf(status)}`;
}
