import { Command } from 'commander';
import type { EnvelopeKeys } from '../../dustess/envelope-keys.ts';
import { seal } from '../../dustess/seal.ts';
import { type Exchange, exchange, meaningOf, parseUrl, URL_OPTION } from '../exchange.ts';
import { Refused } from '../exit.ts';
import type { Io } from '../io.ts';
import { addKeyOptions, type KeyOptions, readKeys, requireReceiveId } from '../key-options.ts';

interface VerifyUrlOptions extends KeyOptions {
  url: string;
  json?: true;
}

export function verifyUrlCommand(io: Io): Command {
  const command = new Command('verify-url')
    .summary('do what 尘锋 does when the callback URL is saved')
    .description(
      'Seals a random echo, asks for it, and compares the answer byte by byte, as 尘锋 does when the URL is saved; then ' +
        'once more with + unencoded, for some of its products forget that.',
    )
    .option(...URL_OPTION);
  return addKeyOptions(command)
    .option('--json', 'print {"verified","answers":[{"status","ms"}]}')
    .addHelpText('after', EXAMPLES)
    .action((options: VerifyUrlOptions) => verifyUrl(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync verify-url
  npx merge-sync verify-url --url https://…/callback/main --keys door.json`;

async function verifyUrl(options: VerifyUrlOptions, io: Io): Promise<void> {
  const url = parseUrl(options.url);
  const shared = await readKeys(options, io);
  const receiveId = requireReceiveId(options, shared, io);
  // In quotes, as in 尘锋's SDK: a receiver that reads it as JSON gives itself away.
  const echo = `"${io.randomBytes(16).toString('hex')} 回声"`;
  const encoded = question(url, echo, { keys: shared.keys[0], receiveId }, io);
  const answers: Exchange[] = [];
  for (const asked of [encoded, withBarePlus(encoded)]) {
    const answer = await exchange(asked, { method: 'GET' }, io);
    answers.push(answer);
    const problem = problemWith(answer, echo);
    if (problem === undefined) continue;
    if (options.json) io.out(forScripts(false, answers));
    throw new Refused(`the URL does not verify${asked === encoded ? '' : ' when + is not encoded as %2B'}: ${problem}`);
  }
  if (options.json) return io.out(forScripts(true, answers));
  io.say(`verified: ${url.host} answered the echo exactly, in ${answers[0]?.ms} ms; 尘锋 will accept this URL`);
}

const forScripts = (verified: boolean, answers: Exchange[]) =>
  JSON.stringify({ verified, answers: answers.map(({ status, ms }) => ({ status, ms })) });

function question(url: URL, echo: string, sender: { keys: EnvelopeKeys; receiveId: string }, io: Io): string {
  const { encrypt, msgSignature, timeStamp, nonce } = seal(echo, sender.keys, {
    receiveId: sender.receiveId,
    timestamp: String(Math.floor(io.now() / 1000)),
    nonce: io.randomBytes(8).toString('hex'),
    random16: io.randomBytes(16),
  });
  const query = { msg_signature: msgSignature, timestamp: timeStamp, nonce, echo_str: encrypt };
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value);
  return whole.href;
}

/** As some of the sender's products write it: a receiver sees spaces in the base64. */
const withBarePlus = (href: string) => href.replaceAll('%2B', '+');

function problemWith({ status, body }: Exchange, echo: string): string | undefined {
  if (status !== 200) return `HTTP ${status}; ${meaningOf(status)}`;
  if (body.equals(Buffer.from(echo, 'utf8'))) return undefined;
  return `the answer is not the echo (${difference(body.toString('utf8'), echo)}): answer the decrypted text and nothing else`;
}

function difference(answer: string, echo: string): string {
  if (answer === '') return 'it is empty';
  if (answer === `\uFEFF${echo}`) return 'a byte order mark stands before it';
  if (answer.trim() === echo) return 'there is white space around it';
  if (answer === JSON.stringify(echo)) return 'it is written as JSON';
  if (answer === echo.slice(1, -1)) return 'its quotes are gone';
  return 'it is something else';
}
