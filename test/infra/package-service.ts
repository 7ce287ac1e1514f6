import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);

// biome-ignore lint/suspicious/noExplicitAny: a CloudFormation template is as loose as JSON.
export type Properties = any;
export interface Resource {
  Type: string;
  Properties: Properties;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string | string[];
  Condition?: string;
}
export interface Template {
  Resources: Record<string, Resource>;
  Conditions: Record<string, Properties>;
  Outputs: Record<string, { Description?: string; Value: Properties }>;
  Parameters: Record<string, { Default?: string | number }>;
}
export interface Packaged {
  region: string;
  folder: string;
  templatePath: string;
  templateText: string;
  template: Template;
  /** serverless.yml's `provider`, resolved: what osls tells CloudFormation besides the template. */
  provider: Properties;
}

export interface Service {
  folder: string;
}

/** A copy of what osls reads, with freshly built functions: the tests never touch the work tree's own `dist/`. */
export async function buildService(): Promise<Service> {
  const folder = mkdtempSync(path.join(tmpdir(), 'merge-sync-service-'));
  for (const name of ['serverless.yml', 'package.json', 'infra', 'lib'])
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const build = [path.join(ROOT, 'infra/build.mjs'), '--outdir', path.join(folder, 'dist')];
  await run(process.execPath, build);
  return { folder };
}

/** What `npm run package` does, without credentials, into a folder of its own. */
export async function packageService(
  service: Service,
  region: string,
  params: string[] = [],
  stage = 'dev',
): Promise<Packaged> {
  const folder = mkdtempSync(path.join(service.folder, 'out-'));
  const osls = path.join(ROOT, 'node_modules/osls/bin/serverless.js');
  const args = [
    'package',
    '--stage',
    stage,
    '--region',
    region,
    '--package',
    folder,
    ...params.map((param) => `--param=${param}`),
  ];
  await run(process.execPath, [osls, ...args], { cwd: service.folder, env: withoutAws(process.env) });
  const templatePath = path.join(folder, 'cloudformation-template-update-stack.json');
  const templateText = readFileSync(templatePath, 'utf8');
  const { service: resolved } = JSON.parse(readFileSync(path.join(folder, 'serverless-state.json'), 'utf8'));
  const template = JSON.parse(templateText) as Template;
  return { region, folder, templatePath, templateText, template, provider: resolved.provider };
}

function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}

export function ofType(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

export function resourceOf(template: Template, name: string): Resource {
  const found = template.Resources[name];
  if (!found) throw new Error(`the template has no resource ${name}`);
  return found;
}

export function propertiesOf(template: Template, name: string): Properties {
  return resourceOf(template, name).Properties;
}
