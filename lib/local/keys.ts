import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type Env, readJson, readSettings } from '../config.ts';
import { decodeAesKey, newKeys } from '../dustess/envelope-keys.ts';
import { ConfigError } from '../errors.ts';

/** What tenant `local` and 尘锋 share. */
export interface LocalKeys {
  token: string;
  encodingAesKey: string;
  receiveId: string;
}

const text = v.pipe(v.string(), v.minLength(1));
const KeptSchema = v.strictObject({ token: text, encodingAesKey: text, receiveId: text });

/**
 * Keys from the environment; those that are left out are generated, and kept in `DATA_DIR` where there is one, so that
 * a restart has the same. @throws ConfigError
 */
export function readKeys(env: Env): LocalKeys & { generated: (keyof LocalKeys)[] } {
  const given = {
    token: env.DUSTESS_TOKEN || undefined,
    encodingAesKey: env.DUSTESS_ENCODING_AES_KEY || undefined,
    receiveId: env.DUSTESS_RECEIVE_ID || undefined,
  };
  if (given.encodingAesKey !== undefined) checkKey(given.encodingAesKey);
  const spare = env.DATA_DIR ? keptKeys(env.DATA_DIR) : freshKeys();
  const names = Object.keys(spare) as (keyof LocalKeys)[];
  return {
    token: given.token ?? spare.token,
    encodingAesKey: given.encodingAesKey ?? spare.encodingAesKey,
    receiveId: given.receiveId ?? spare.receiveId,
    generated: names.filter((name) => given[name] === undefined),
  };
}

function checkKey(encodingAesKey: string): void {
  try {
    decodeAesKey(encodingAesKey);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`DUSTESS_ENCODING_AES_KEY: ${error.message}, or leave it out to have one generated`);
  }
}

function freshKeys(): LocalKeys {
  return { ...newKeys(randomBytes), receiveId: `local-${randomBytes(4).toString('hex')}` };
}

function keptKeys(dataDir: string): LocalKeys {
  const file = path.join(dataDir, 'keys.json');
  if (existsSync(file)) return readSettings(KeptSchema, file, readJson(file, readFileSync(file, 'utf8')));
  const keys = freshKeys();
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  } catch {
    throw new ConfigError('DATA_DIR cannot be written: name a folder of yours, or leave it out to keep nothing');
  }
  return keys;
}
