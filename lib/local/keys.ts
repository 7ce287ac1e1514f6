import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { type Env, readJson, readSettings } from '../config.ts';
import { decodeAesKey, newKeys } from '../dustess/envelope-keys.ts';
import { ConfigError } from '../errors.ts';
import { damagedFile, prepareDataDir } from './data-dir.ts';
import { codeOf, LocalProblem } from './local-problem.ts';

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
    throw new LocalProblem({
      en: `DUSTESS_ENCODING_AES_KEY: ${error.message}, or leave it out to have one generated`,
      zh: 'DUSTESS_ENCODING_AES_KEY 应为 43 个字符（A-Z、a-z、0-9）；不设置则自动生成',
    });
  }
}

function freshKeys(): LocalKeys {
  return { ...newKeys(randomBytes), receiveId: `local-${randomBytes(4).toString('hex')}` };
}

function keptKeys(dataDir: string): LocalKeys {
  prepareDataDir(dataDir);
  const file = path.join(dataDir, 'keys.json');
  if (!existsSync(file)) keepKeys(file, freshKeys());
  return readSettings(KeptSchema, file, readJson(file, textOf(file)));
}

/** Whole or not at all, and never over a file that is there: another start may have written it a moment ago. */
function keepKeys(file: string, keys: LocalKeys): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    writeFileSync(unfinished, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
    putInPlace(unfinished, file);
  } catch (error) {
    throw damagedFile(file, error);
  } finally {
    rmSync(unfinished, { force: true, recursive: true });
  }
}

function putInPlace(unfinished: string, file: string): void {
  try {
    linkSync(unfinished, file);
  } catch (error) {
    // Some file systems have no hard links.
    if (codeOf(error) !== 'EEXIST') renameSync(unfinished, file);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw damagedFile(file, error);
  }
}
