import { Command } from 'commander';
import { openSealed } from '../../dustess/open-envelope.ts';
import { type Envelope, readEnvelope } from '../../dustess/read-envelope.ts';
import { unwrapPlaintext } from '../../dustess/unwrap-plaintext.ts';
import { CallbackRefused, type RefusalReason } from '../../errors.ts';
import { localTime } from '../../local-time.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { addKeyOptions, expectedReceiveId, type KeyOptions, readKeys } from '../key-options.ts';
import { printableId } from '../printable.ts';
import { readInput } from '../read-input.ts';

interface DecryptOptions extends KeyOptions {
  json?: true;
}

export function decryptCommand(io: Io): Command {
  const command = new Command('decrypt')
    .summary('open a captured callback')
    .description(
      'Checks and opens a captured callback: the body of a POST, as JSON. Its age is not checked. Without a receiveId ' +
        'any is accepted, and named. What it prints is personal data.',
    )
    .argument('[file]', 'the captured body, - for stdin', '-');
  return addKeyOptions(command)
    .option('--json', 'print {"id","event","action","receiveId","sentAt","body"}')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: DecryptOptions) => decrypt(await readInput(file, io), options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync decrypt captured.json --keys door.json
  npx merge-sync decrypt --json < captured.json | jq .body.mainID`;

async function decrypt(text: string, options: DecryptOptions, io: Io): Promise<void> {
  const { keys } = await readKeys(options, io);
  const receiveIds = [expectedReceiveId(options, io) ?? '*'];
  const { envelope, opened } = explained(() => {
    const read = sealedOnly(readEnvelope(text));
    const door = { keys, receiveIds, maxAgeSeconds: Number.POSITIVE_INFINITY };
    return { envelope: read, opened: openSealed(read.sealed, door, io.now()) };
  });
  const { plaintext, receiveId } = opened;
  const sentAt = new Date(opened.sentAt).toISOString();
  if (options.json) return io.out(JSON.stringify({ ...unwrapPlaintext(plaintext, envelope), receiveId, sentAt }));
  io.err(
    `genuine: signed at ${localTime(opened.sentAt)} for receiveId ${printableId(receiveId)}; its age was not checked`,
  );
  io.out(plaintext);
}

type SealedEnvelope = Extract<Envelope, { sealed: unknown }>;

function sealedOnly(envelope: Envelope): SealedEnvelope {
  if ('sealed' in envelope) return envelope;
  throw new UsageError('this callback is plain text: there is nothing to decrypt, and nothing proves who sent it');
}

function explained<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof CallbackRefused)) throw error;
    throw new Refused(MEANINGS[error.reason] ?? error.message);
  }
}

const MEANINGS: { [R in RefusalReason]?: string } = {
  'unreadable-envelope': 'this is not the JSON of a callback: give the whole body of the POST, from { to }',
  'legacy-scheme': 'this callback is sealed in the scheme of 2019 (body is one text), which is not supported',
  'missing-signature-fields':
    'encrypt, msgSignature, timeStamp or nonce is missing: capture the whole body of the POST',
  'bad-signature': 'the signature does not fit: the token is another one, or the callback was changed',
  undecryptable: 'the signature fits and the AES key opens nothing: compare the EncodingAESKey with the 尘锋 form',
  'expired-keys': 'the pair that seals it has reached its `until`: the sender still uses keys that were replaced',
  'foreign-receive-id':
    'it is meant for another receiveId: leave --receive-id out (and $DUSTESS_RECEIVE_ID) to see which',
  'too-old': 'its timeStamp is no time: this is not how the sender writes it',
};
