import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ConfigError } from '../lib/errors.ts';
import type { Packaged } from './deploy/facts.ts';

/** What `osls package` wrote into its folder. @throws ConfigError where it has not run */
export function readPackaged(folder = '.serverless'): Packaged {
  const { service } = readJsonFile(path.join(folder, 'serverless-state.json'));
  const { stage, region, stackName = `${service.service}-${stage}` } = service.provider;
  return { stackName, region, template: readJsonFile(path.join(folder, 'cloudformation-template-update-stack.json')) };
}

function readJsonFile(file: string) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new ConfigError(`${file} is not there: run npm run package with the same options first`);
  }
}
