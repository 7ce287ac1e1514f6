import { Command } from 'commander';
import { readJson } from '../../config.ts';
import type { Finding } from '../../crm/finding.ts';
import { examineTenantCrm, readTenantCrm } from '../../crm/registry.ts';
import { ConfigError } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import type { Language } from '../../sentence.ts';
import { ADAPTER_OPTION } from '../adapter-option.ts';
import { awsProblem } from '../aws-problem.ts';
import { chineseName } from '../chinese.ts';
import { examineDoor, examineOmitFields, examineSharedKeys, readDoor } from '../examine-door.ts';
import { messageIn, Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { examineCoverage } from '../link/coverage.ts';
import { examineContactEvents } from '../link/examine-contact-events.ts';
import { localSettings, namesCrm, partsOf } from '../link/tenant-settings.ts';
import { readInput } from '../read-input.ts';
import { readParameter } from '../read-parameter.ts';
import { tenantNames } from '../tenant-names.ts';

interface DoctorOptions {
  local?: string | true;
  crm?: string;
  door?: string;
  prefix?: string;
  tenant: string;
  fix?: true;
  coverage?: true;
  json?: true;
}

export function doctorCommand(io: Io): Command {
  return new Command('doctor')
    .summary("check a tenant's settings and CRM")
    .description(
      "Checks a tenant's door and CRM settings, and the CRM itself: credentials, rights, id property, mapped " +
        'properties, rate limits, clock; with --prefix also whether another tenant has the same keys. Reads no contact, but with --coverage the id of each record. ' +
        'Changes nothing but, with --fix, our own properties in HubSpot.',
    )
    .option('--prefix <prefix>', 'deployment whose SSM parameters to check (or $MERGE_SYNC_PREFIX)')
    .option('--profile <name>', 'a profile of merge-sync profile (or $MERGE_SYNC_PROFILE; default: the current one)')
    .option('--local [url]', 'the CRM that the variables of npm start name, as they are set here')
    .option('--tenant <name>', 'tenant', 'main')
    .option('--crm <file>', 'check these CRM settings instead, before they are deployed; - for stdin')
    .option(...ADAPTER_OPTION)
    .option('--door <file>', 'check these door settings instead')
    .option('--fix', 'create the properties that merges need, where they are missing')
    .option('--coverage', 'read the id of every record: how many carry one, and which stand on two')
    .option('--json', 'print [{"check","ok","advice"}]')
    .addHelpText('after', EXAMPLES)
    .action((options: DoctorOptions) => examine(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync doctor --crm crm-settings.json
  npx merge-sync doctor --prefix merge-sync-prod --tenant main --fix`;

async function examine(options: DoctorOptions, io: Io): Promise<void> {
  const texts: Texts = {};
  const intake = await examineIntake(options, io, texts);
  const crm = await examineCrm(options, io, texts);
  const findings = [...intake, ...crm, ...examineContactEvents(texts, io.adapters)];
  if (options.json) io.out(JSON.stringify(findings));
  else for (const finding of findings) io.say(lineOf(finding, io.language));
  const wrong = findings.filter(({ ok }) => !ok).length;
  if (wrong > 0) throw new Refused(`${wrong} of ${findings.length} checks failed: each line says what to do`);
}

/** A tenant's settings as far as they were read. */
type Texts = { door?: string; crm?: string };

const LABELS = {
  en: { fine: 'ok   ', warning: 'WARN ', wrong: 'WRONG' },
  zh: { fine: '正常', warning: '注意', wrong: '有误' },
};

function lineOf({ check, ok, warning, advice }: Finding, language: Language): string {
  const label = LABELS[language][ok ? (warning ? 'warning' : 'fine') : 'wrong'];
  if (language === 'en') return `${label}  ${check}: ${advice}`;
  return `${label}  ${chineseName(check)}：${chineseName(advice)}`;
}

/** The settings' text: a file's, or the deployment's parameter; undefined when only the other one was asked for. */
async function settingsText(kind: 'door' | 'crm', options: DoctorOptions, io: Io): Promise<string | undefined> {
  const file = options[kind];
  if (file !== undefined) return readInput(file, io);
  if (options.local) return kind === 'crm' ? JSON.stringify(await localSettings(io)) : undefined;
  if (options.crm !== undefined || options.door !== undefined) return undefined;
  const name = `/${prefixOf(options, io)}/${options.tenant}/${kind}`;
  const text = await readParameter(name);
  if (text === undefined) throw new ConfigError(`there is no parameter ${name}: create it as a SecureString`);
  return text;
}

function prefixOf({ prefix }: DoctorOptions, { env }: Io): string {
  const name = prefix ?? env.MERGE_SYNC_PREFIX;
  if (!name) throw new UsageError('say what to check: --prefix merge-sync-prod, or a file with --crm or --door');
  return name;
}

function examineIntake(options: DoctorOptions, io: Io, texts: Texts): Promise<Finding[]> {
  return explained('door settings', io, async () => {
    const text = await settingsText('door', options, io);
    if (text === undefined) return [];
    texts.door = text;
    const alone = examineDoor(readDoor(text));
    return options.door === undefined ? [...alone, ...(await examineOthers(text, options, io))] : alone;
  });
}

/** The door settings of the other tenants of the deployment, as far as the operator may read them. */
async function examineOthers(text: string, options: DoctorOptions, io: Io): Promise<Finding[]> {
  const prefix = prefixOf(options, io);
  try {
    const others = (await tenantNames(prefix)).filter((name) => name !== options.tenant);
    const texts = await inParallel(others, async (name) => [name, await readParameter(`/${prefix}/${name}/door`)]);
    return examineSharedKeys(options.tenant, {
      ...Object.fromEntries(texts.filter(([, one]) => one)),
      [options.tenant]: text,
    });
  } catch (error) {
    const problem = error instanceof Refused ? error.message : awsProblem(error);
    const advice = `whether another tenant has the same keys cannot be checked (${problem}; it needs ssm:GetParametersByPath)`;
    return [{ check: 'door keys', ok: true, warning: true, advice }];
  }
}

function examineCrm(options: DoctorOptions, io: Io, texts: Texts): Promise<Finding[]> {
  return explained('CRM settings', io, async () => {
    if (options.local && !(await namesCrm(io))) return [{ check: 'CRM settings', ok: true, advice: NO_CRM }];
    const text = await settingsText('crm', options, io);
    if (text === undefined) return [];
    texts.crm = text;
    const settings = readJson('crm settings', text);
    const findings = await examineTenantCrm(options.tenant, settings, partsOf(io), options.fix === true);
    const { policy } = readTenantCrm(options.tenant, settings, io.adapters);
    const omitted = examineOmitFields('policy omitFields', policy.omitFields);
    const coverage = options.coverage ? await examineCoverage(options.tenant, settings, io) : [];
    return [...findings, ...omitted, ...coverage, { check: 'CRM settings', ok: true, advice: 'can be read' }];
  });
}

const NO_CRM =
  'no CRM is named in the variables of this terminal: the demo CRM of npm start needs no check; set CRM=hubspot and its like here, too, to check yours';

/** Which settings it is about: the check says it already. */
const WHERE =
  /^(?:(?:door|crm) settings(?: of tenant [\w-]+)?: |接收配置（door）：|(?:租户 [\w-]+ 的 )?CRM 配置（crm）：)/;

async function explained(check: string, { language }: Io, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ConfigError)
      return [{ check, ok: false, advice: messageIn(language, error).replace(WHERE, '') }];
    throw error;
  }
}
