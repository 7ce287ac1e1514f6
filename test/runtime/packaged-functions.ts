import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildService, type Packaged, packageService, propertiesOf } from '../infra/package-service.ts';
import type { FunctionOrder } from './lambda-function.ts';

const run = promisify(execFile);

export type FunctionName = 'receive' | 'apply' | 'reconcile';

/** What the template leaves to CloudFormation: `{"Ref":"EventsTable"}` → its value. */
export type Resources = Record<'EventsTable' | 'LedgerTable' | 'EventsQueue' | 'OutcomesQueue', string>;

/** What `npm run package` writes, built from this checkout. */
export const packageFunctions = async (tenants: string[]): Promise<Packaged> =>
  packageService(await buildService(), 'us-east-1', [`tenants=${tenants.join(',')}`]);

/**
 * The zip of a function unpacked, with the template's handler, limits and environment.
 * @param platform variables that Lambda adds: region, credentials, endpoints.
 */
export async function functionOrder(
  packaged: Packaged,
  name: FunctionName,
  resources: Resources,
  platform: Record<string, string>,
): Promise<Omit<FunctionOrder, 'instances'>> {
  const folder = path.join(packaged.folder, `unpacked-${name}`);
  mkdirSync(folder, { recursive: true });
  await run('python3', ['-m', 'zipfile', '-e', path.join(packaged.folder, `${name}.zip`), folder]);
  const properties = propertiesOf(packaged.template, `${capitalized(name)}LambdaFunction`);
  const variables = Object.entries(properties.Environment.Variables)
    .filter(([, value]) => !isLeftOut(value))
    .map(([key, value]) => [key, known(value, resources)]);
  return {
    name: properties.FunctionName,
    handler: properties.Handler,
    folder,
    memoryMb: properties.MemorySize,
    timeoutMs: properties.Timeout * 1000,
    environment: { ...Object.fromEntries(variables), ...platform },
  };
}

/** `!If [HasOutcomesBus, …, !Ref AWS::NoValue]`: the bus is off by default, and so is nothing else here. */
const isLeftOut = (value: unknown) =>
  (value as { 'Fn::If'?: [condition: string] } | null)?.['Fn::If']?.[0] === 'HasOutcomesBus';

function known(value: unknown, resources: Resources): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { Ref } = value as { Ref?: string };
  const found = resources[Ref as keyof Resources];
  if (!found) throw new Error(`the template refers to ${JSON.stringify(value)}, which is not made here`);
  return found;
}

const capitalized = (name: string) => name[0]?.toUpperCase() + name.slice(1);
