import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { importFiles } from '../../infra/tables/import-template.ts';
import { alarmPromises } from './alarm-promises.ts';
import { dashboardPromises } from './dashboard-promises.ts';
import { functionPromises } from './function-promises.ts';
import { metricPromises } from './metric-promises.ts';
import { notifyPromises } from './notify-promises.ts';
import { outcomesBusPromises } from './outcomes-bus-promises.ts';
import {
  buildService,
  type Packaged,
  packageService,
  propertiesOf,
  type Service,
  type Template,
} from './package-service.ts';
import { partitionPromises } from './partition-promises.ts';
import { reviewPromises } from './review-promises.ts';
import { rolePromises } from './role-promises.ts';
import { storagePromises } from './storage-promises.ts';

const REGIONS = ['us-east-1', 'cn-north-1'];
// osls writes these itself: a DependsOn beside the reference that already says so.
const EXPECTED_WARNINGS = new Set(['W3005']);

const packaged = new Map<string, Packaged>();
let service: Service;
// Takes seconds to make: one for all templates.
let engine: InstanceType<typeof RegoEngine>;

// Packaging takes seconds of CPU: once for all the promises.
beforeAll(async () => {
  engine = new RegoEngine();
  service = await buildService();
  for (const region of REGIONS) packaged.set(region, await packageService(service, region));
}, 600_000);

afterAll(() => {
  engine.free();
  rmSync(service.folder, { recursive: true, force: true });
});

describe.each(REGIONS)('packaged for %s', (region) => {
  const of = () => {
    const found = packaged.get(region);
    if (!found) throw new Error(`${region} was not packaged`);
    return found;
  };
  const template = () => of().template;

  it('the template has no error and no unexpected warning by the CloudFormation validator', () => {
    expect(problemsOf(of().templatePath)).toEqual([]);
  });

  it('the template that imports the tables into a new stack has no error either', () => {
    const file = path.join(of().folder, 'import-template.json');
    writeFileSync(file, JSON.stringify(importFiles(template() as never).template));
    expect(problemsOf(file)).toEqual([]);
  });

  storagePromises(of);
  functionPromises(of);
  rolePromises(template);
  alarmPromises(of);
  metricPromises(of);
  dashboardPromises(template);
  notifyPromises(template);
  outcomesBusPromises(template);
  partitionPromises(of);
  reviewPromises(template);
});

describe('parameters that cannot work', () => {
  const WRONG = [
    'tenants=尘锋',
    'payloadRetentionDays=7',
    'tenant=main',
    'alarmEmail=not-an-email',
    'applyConcurrency=x',
    'notify=yes',
    'kmsKey=alias/mine',
    'digestHour=24',
    'silentHours=169',
  ];

  it('are refused in words, all at once, without a trace of the code', async () => {
    const output = await packageService(service, 'us-east-1', WRONG).then(
      () => 'packaged',
      ({ stdout, stderr }) => `${stdout}${stderr}`,
    );
    for (const [name, need] of [
      ['tenants', 'a-z, 0-9, - and _'],
      ['payloadRetentionDays', 'a whole number from 15 to 3650'],
      ['alarmEmail', 'one e-mail address'],
      ['applyConcurrency', 'a whole number from 2 to 1000'],
      ['notify', 'true or false'],
      ['digestHour', 'a whole number from 0 to 23'],
      ['silentHours', 'a whole number from 0 to 168'],
    ])
      expect(output).toMatch(new RegExp(`^  ${name}: needs .*${need}`, 'm'));
    expect(output).toMatch(/^ {2}tenant: there is no such parameter. Known: prefix, tenants/m);
    expect(output).not.toMatch(/^\s+at /m);
  }, 300_000);

  it('a stage without a block of its own is told where to name its tenants', async () => {
    await expect(packageService(service, 'us-east-1', [], 'prod')).rejects.toMatchObject({
      stdout: expect.stringMatching(/tenants: needs your tenants' names.*serverless.yml under params/s),
    });
  }, 300_000);
});

it('every parameter can be set on the command line', async () => {
  const params = [
    'tenants=main,outlet',
    'architecture=x86_64',
    'applyConcurrency=4',
    'reservedForReceive=20',
    'alarmEmail=ops@example.com',
    'protectTables=false',
    'notify=true',
    'digestHour=23',
    'silentHours=48',
    'dashboard=false',
    'outcomesBus=true',
  ];
  const { template, templatePath } = await packageService(service, 'cn-north-1', params);
  expect(problemsOf(templatePath)).toEqual([]);
  const { Architectures, Environment } = propertiesOf(template, 'ApplyLambdaFunction');
  expect(Architectures).toEqual(['x86_64']);
  expect(Environment.Variables.TENANTS).toBe('main,outlet');
  const { ScalingConfig } = propertiesOf(template, 'ApplyEventSourceMappingSQSEventsQueue');
  expect(ScalingConfig).toEqual({ MaximumConcurrency: 4 });
  expect(template.Parameters.ReservedForReceive?.Default).toBe('20');
  expect(propertiesOf(template, 'EventsTable').DeletionProtectionEnabled).toBe(false);
  expect(template.Parameters.AlarmEmail?.Default).toBe('ops@example.com');
  expect(template.Parameters.SilentHours?.Default).toBe('48');
  expect(template.Parameters.SilencePeriods?.Default).toBe('48');
  expect(template.Parameters.Dashboard?.Default).toBe('false');
  expect(template.Parameters.Notify?.Default).toBe('true');
  expect(template.Parameters.OutcomesBusWanted?.Default).toBe('true');
  expect(propertiesOf(template, 'DigestSchedule').ScheduleExpression).toBe('cron(7 23 * * ? *)');
  expect(callbackUrls(template)).toEqual({
    'The URL for the form in 尘锋, tenant main': 'callback/main',
    'The URL for the form in 尘锋, tenant outlet': 'callback/outlet',
  });
}, 300_000);

it('promise 11: a KMS key of one’s own encrypts both tables, and every function may use it and no other key', async () => {
  const key = 'arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const { template, templatePath } = await packageService(service, 'cn-north-1', [`kmsKey=${key}`]);
  expect(problemsOf(templatePath)).toEqual([]);
  for (const table of ['EventsTable', 'LedgerTable'])
    expect(propertiesOf(template, table).SSESpecification).toEqual({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: key,
    });
  const { Roles, PolicyDocument } = propertiesOf(template, 'OwnKeyPolicy');
  expect(Roles).toEqual([
    { Ref: 'ReceiveRole' },
    { Ref: 'ApplyRole' },
    { Ref: 'ReconcileRole' },
    { 'Fn::If': ['HasNotify', { Ref: 'NotifyRole' }, { Ref: 'AWS::NoValue' }] },
  ]);
  expect(PolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Resource: key,
    },
  ]);
  const file = path.join(path.dirname(templatePath), 'import-template.json');
  writeFileSync(file, JSON.stringify(importFiles(template as never).template));
  expect(problemsOf(file)).toEqual([]);
}, 300_000);

describe('the scripts of package.json', () => {
  const runScript = (program: string, args: string[]) =>
    promisify(execFile)(process.execPath, ['infra/run.mjs', `infra/${program}`, ...args], {
      cwd: service.folder,
      env: { PATH: process.env.PATH, HOME: service.folder },
    });

  it('package:import writes the template and the list of tables, without an account, and says what to run', async () => {
    const { stdout } = await runScript('tables/import-program.ts', ['--region', 'cn-northwest-1']);
    const read = (name: string) => JSON.parse(readFileSync(path.join(service.folder, '.serverless', name), 'utf8'));
    expect(Object.keys(read('import-template.json').Resources)).toEqual(['EventsTable', 'LedgerTable']);
    expect(read('import-resources.json')).toMatchObject([
      { ResourceIdentifier: { TableName: 'merge-sync-dev-events' } },
      { ResourceIdentifier: { TableName: 'merge-sync-dev-ledger' } },
    ]);
    expect(stdout.match(/^aws cloudformation .*dustess-merge-sync-dev.*--region cn-northwest-1/gm)).toHaveLength(4);
    // Nothing says that arm64 is in Ningxia.
    for (const name of ['Receive', 'Apply', 'Reconcile'])
      expect(
        propertiesOf(read('cloudformation-template-update-stack.json'), `${name}LambdaFunction`).Architectures,
      ).toEqual(['x86_64']);
  }, 300_000);

  it.each(['deploy/program.ts', 'tables/remove-empty-program.ts'])(
    '%s does not guess a region',
    async (program) => {
      await expect(runScript(program, ['--stage', 'prod'])).rejects.toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^No region is named.*export AWS_REGION=/),
      });
    },
    300_000,
  );
});

/** Description → the end of the URL, of each output for a tenant. */
function callbackUrls({ Outputs }: Template): Record<string, string> {
  const urls = Object.entries(Outputs).filter(([name]) => name.startsWith('CallbackUrl'));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders.
  const base = 'https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/';
  return Object.fromEntries(
    urls.map(([, { Description = '', Value }]) => [Description, Value['Fn::Sub'].replace(base, '')]),
  );
}

function problemsOf(templatePath: string): string[] {
  const { diagnostics } = engine.validateStandard(new TemplateFile(templatePath), { severityLevel: 'WARN' });
  return diagnostics
    .filter((one) => !EXPECTED_WARNINGS.has(one.ruleId))
    .map((one) => `${one.ruleId} ${one.entity?.logicalId}: ${one.message}`);
}
