import type { Command } from 'commander';
import * as v from 'valibot';
import { IntakeSettingsSchema, readJson, readSettings } from '../config.ts';
import { decodeAesKey, type EnvelopeKeys } from '../dustess/envelope-keys.ts';
import { isJsonObject } from '../json.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { readInput } from './read-input.ts';

export interface KeyOptions {
  keys?: string;
  token?: string;
  aesKey?: string;
  receiveId?: string;
}

/** What tenant and sender share. */
export interface SharedKeys {
  /** Every pair in force, at least one. */
  keys: [EnvelopeKeys, ...EnvelopeKeys[]];
  /** One that the file of keys names. */
  receiveId?: string | undefined;
}

/** From a file, or from the variables that `npm start` reads too. */
export function addKeyOptions(command: Command): Command {
  return command
    .option('--keys <file>', 'JSON of keygen --json, or the door settings (default: $DUSTESS_TOKEN and the like)')
    .option('--receive-id <id>', 'receiveId, the company or client id (default: of --keys, or $DUSTESS_RECEIVE_ID)')
    .option('--token <token>', 'Token of the 尘锋 form; stays in the shell’s history, --keys does not')
    .option('--aes-key <key>', 'EncodingAESKey of the 尘锋 form; stays in the shell’s history, --keys does not');
}

/** @throws UsageError naming everything that is missing; ConfigError for a file or key of another shape. */
export async function readKeys(options: KeyOptions, io: Io): Promise<SharedKeys> {
  const typed = options.token !== undefined || options.aesKey !== undefined;
  if (typed && options.keys !== undefined) throw new UsageError('give --keys, or --token and --aes-key, not both');
  if (typed) io.err(HISTORY);
  const shared = options.keys === undefined ? keysOf(options, io) : await keysIn(options.keys, io);
  for (const { encodingAesKey } of shared.keys) decodeAesKey(encodingAesKey);
  return shared;
}

const HISTORY =
  'merge-sync: keys on the command line stay in the shell’s history and in the list of processes: better --keys FILE, ' +
  'or the variables DUSTESS_TOKEN and DUSTESS_ENCODING_AES_KEY';

function keysOf({ token: typedToken, aesKey }: KeyOptions, { env }: Io): SharedKeys {
  const token = typedToken ?? env.DUSTESS_TOKEN;
  const encodingAesKey = aesKey ?? env.DUSTESS_ENCODING_AES_KEY;
  const missing = [...(token ? [] : ['$DUSTESS_TOKEN']), ...(encodingAesKey ? [] : ['$DUSTESS_ENCODING_AES_KEY'])];
  if (!token || !encodingAesKey)
    throw new UsageError(`give --keys FILE, or set ${missing.join(' and ')}: ${WHERE_FROM}`);
  return { keys: [{ token, encodingAesKey }] };
}

const WHERE_FROM = 'those of the 尘锋 form, or those that npm start printed';

const text = v.pipe(v.string(), v.minLength(1));

/** As `keygen --json` prints it, with the receiveId if it was added by hand. */
const KeysFileSchema = v.strictObject({ token: text, encodingAesKey: text, receiveId: v.optional(text) });

/** A file of keys, or a tenant's whole door settings: it is the file that the deployment is made with. */
async function keysIn(file: string, io: Io): Promise<SharedKeys> {
  const json = readJson(file, await readInput(file, io));
  if (isJsonObject(json) && json.keys !== undefined) {
    const { keys, receiveIds } = readSettings(IntakeSettingsSchema, file, json);
    return { keys: keys as SharedKeys['keys'], receiveId: receiveIds.find((id) => id !== '*') };
  }
  const { receiveId, ...keys } = readSettings(KeysFileSchema, file, json);
  return { keys: [keys], receiveId };
}

/** The one that a callback must be meant for, where one was named; variables do not speak for another file's keys. */
export function expectedReceiveId({ receiveId, keys }: KeyOptions, { env }: Pick<Io, 'env'>): string | undefined {
  return receiveId ?? (keys === undefined ? env.DUSTESS_RECEIVE_ID || undefined : undefined);
}

/** @throws UsageError */
export function requireReceiveId(options: KeyOptions, shared: SharedKeys, io: Pick<Io, 'env'>): string {
  const receiveId = options.receiveId ?? shared.receiveId ?? expectedReceiveId(options, io);
  if (receiveId === undefined)
    throw new UsageError(
      'give --receive-id (or $DUSTESS_RECEIVE_ID, or "receiveId" in the file of --keys): one that the receiver accepts',
    );
  return receiveId;
}
