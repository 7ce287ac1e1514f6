import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { IntakeSettingsSchema, readJson, readSettings } from '../../config.ts';
import type { Finding } from '../../crm/finding.ts';
import { examineTenantCrm } from '../../crm/registry.ts';
import { ConfigError } from '../../errors.ts';
import { awsProblem } from '../aws-problem.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readInput } from '../read-input.ts';

interface DoctorOptions {
  crm?: string;
  door?: string;
  prefix?: string;
  tenant: string;
  fix?: true;
  json?: true;
}

export function doctorCommand(io: Io): Command {
  return new Command('doctor')
    .summary("check a tenant's settings and CRM")
    .description(
      "Checks a tenant's door and CRM settings, and the CRM itself: credentials, rights, id property, mapped " +
        'properties, rate limits, clock. Reads no contact. Changes nothing but, with --fix, our own properties in HubSpot.',
    )
    .option('--prefix <prefix>', 'deployment whose SSM parameters to check (or $MERGE_SYNC_PREFIX)')
    .option('--tenant <name>', 'tenant', 'main')
    .option('--crm <file>', 'check these CRM settings instead, before they are deployed; - for stdin')
    .option('--door <file>', 'check these door settings instead')
    .option('--fix', 'create the properties that merges need, where they are missing')
    .option('--json', 'print [{"check","ok","advice"}]')
    .addHelpText('after', EXAMPLES)
    .action((options: DoctorOptions) => examine(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync doctor --crm crm-settings.json
  npx merge-sync doctor --prefix merge-sync-prod --tenant main --fix`;

async function examine(options: DoctorOptions, io: Io): Promise<void> {
  const findings = [...(await examineDoor(options, io)), ...(await examineCrm(options, io))];
  if (options.json) io.out(JSON.stringify(findings));
  else for (const finding of findings) io.out(`${labelOf(finding)}  ${finding.check}: ${finding.advice}`);
  const wrong = findings.filter(({ ok }) => !ok).length;
  if (wrong > 0) throw new Refused(`${wrong} of ${findings.length} checks failed: each line says what to do`);
}

const labelOf = ({ ok, warning }: Finding) => (ok ? (warning ? 'WARN ' : 'ok   ') : 'WRONG');

/** The settings' text: a file's, or the deployment's parameter; undefined when only the other one was asked for. */
async function settingsText(kind: 'door' | 'crm', options: DoctorOptions, io: Io): Promise<string | undefined> {
  const file = options[kind];
  if (file !== undefined) return readInput(file, io);
  if (options.crm !== undefined || options.door !== undefined) return undefined;
  const prefix = options.prefix ?? io.env.MERGE_SYNC_PREFIX;
  if (!prefix) throw new UsageError('say what to check: --prefix merge-sync-prod, or a file with --crm or --door');
  return readParameter(`/${prefix}/${options.tenant}/${kind}`);
}

async function readParameter(name: string): Promise<string> {
  const { getParameter } = await import('../../aws/get-parameter.ts');
  const text = await getParameter(name).catch((error: unknown) => {
    throw new Refused(`${name} cannot be read (${awsProblem(error)}); it needs ssm:GetParameter and kms:Decrypt`);
  });
  if (text === undefined) throw new Refused(`there is no parameter ${name}: create it as a SecureString`);
  return text;
}

async function examineDoor(options: DoctorOptions, io: Io): Promise<Finding[]> {
  const text = await settingsText('door', options, io);
  if (text === undefined) return [];
  return explained('door settings', async () => {
    const { keys, receiveIds } = readSettings(IntakeSettingsSchema, 'door settings', readJson('door settings', text));
    const advice = `${keys.length} key pair(s) in force, ${receiveIds.length} receiveId(s) accepted`;
    return [{ check: 'door settings', ok: true, advice }];
  });
}

async function examineCrm(options: DoctorOptions, io: Io): Promise<Finding[]> {
  const text = await settingsText('crm', options, io);
  if (text === undefined) return [];
  const parts = { fetch: io.fetch, now: io.now, sleep: (ms: number) => sleep(ms) };
  return explained('CRM settings', async () => {
    const settings = readJson('crm settings', text);
    return [
      ...(await examineTenantCrm(options.tenant, settings, parts, options.fix === true)),
      { check: 'CRM settings', ok: true, advice: 'can be read' },
    ];
  });
}

async function explained(check: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ConfigError) return [{ check, ok: false, advice: error.message }];
    throw error;
  }
}
