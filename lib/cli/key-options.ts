import type { Command } from 'commander';
import { decodeAesKey, type EnvelopeKeys } from '../dustess/envelope-keys.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';

export interface KeyOptions {
  token?: string;
  aesKey?: string;
  receiveId?: string;
}

/** What tenant and sender share: by option, or from the variables that `npm start` reads too. */
export function addKeyOptions(command: Command): Command {
  return command
    .option('--token <token>', 'Token of the 尘锋 form (default: $DUSTESS_TOKEN)')
    .option('--aes-key <key>', 'EncodingAESKey of the 尘锋 form (default: $DUSTESS_ENCODING_AES_KEY)')
    .option('--receive-id <id>', 'receiveId, the company or client id (default: $DUSTESS_RECEIVE_ID)');
}

/** @throws UsageError naming everything that is missing; ConfigError for a key of another shape. */
export function readKeys(options: KeyOptions, { env }: Pick<Io, 'env'>): EnvelopeKeys {
  const token = options.token ?? env.DUSTESS_TOKEN;
  const encodingAesKey = options.aesKey ?? env.DUSTESS_ENCODING_AES_KEY;
  const missing = [
    ...(token ? [] : ['--token (or $DUSTESS_TOKEN)']),
    ...(encodingAesKey ? [] : ['--aes-key (or $DUSTESS_ENCODING_AES_KEY)']),
  ];
  if (!token || !encodingAesKey) throw new UsageError(`give ${missing.join(' and ')}: ${WHERE_FROM}`);
  decodeAesKey(encodingAesKey);
  return { token, encodingAesKey };
}

const WHERE_FROM = 'those of the 尘锋 form, or those that npm start printed';

export function readReceiveId(options: KeyOptions, { env }: Pick<Io, 'env'>): string | undefined {
  return options.receiveId ?? (env.DUSTESS_RECEIVE_ID || undefined);
}

/** @throws UsageError */
export function requireReceiveId(options: KeyOptions, io: Pick<Io, 'env'>): string {
  const receiveId = readReceiveId(options, io);
  if (receiveId === undefined)
    throw new UsageError('give --receive-id (or $DUSTESS_RECEIVE_ID): one that the receiver accepts');
  return receiveId;
}
