import { rmSync } from 'node:fs';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { alarmPromises } from './alarm-promises.ts';
import { functionPromises } from './function-promises.ts';
import { buildService, type Packaged, packageService, type Service } from './package-service.ts';
import { partitionPromises } from './partition-promises.ts';
import { rolePromises } from './role-promises.ts';
import { storagePromises } from './storage-promises.ts';

const REGIONS = ['us-east-1', 'cn-north-1'];
// osls writes these itself: a DependsOn beside the reference that already says so.
const EXPECTED_WARNINGS = new Set(['W3005']);

const packaged = new Map<string, Packaged>();
let service: Service;

// Packaging takes seconds of CPU: once for all the promises.
beforeAll(async () => {
  service = await buildService();
  for (const region of REGIONS) packaged.set(region, await packageService(service, region));
}, 180_000);

afterAll(() => rmSync(service.folder, { recursive: true, force: true }));

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
  storagePromises(template);
  functionPromises(of);
  rolePromises(template);
  alarmPromises(template);
  partitionPromises(of);
});

it('receive reads little before it can answer, and the client for SSM only when it needs settings', () => {
  const [, kibibytes] = /^receive: (\d+) KiB read at start-up$/m.exec(service.buildLog) ?? [];
  expect(Number(kibibytes)).toBeGreaterThan(0);
  expect(Number(kibibytes)).toBeLessThan(300); // 78 KiB more with the client for SSM.
});

it('every parameter can be set on the command line', async () => {
  const params = ['tenants=main,outlet', 'architecture=x86_64', 'applyConcurrency=4', 'alarmEmail=ops@example.com'];
  const { template, templatePath } = await packageService(service, 'cn-northwest-1', params);
  expect(problemsOf(templatePath)).toEqual([]);
  const { Architectures, Environment } = template.Resources.ApplyLambdaFunction?.Properties ?? {};
  expect(Architectures).toEqual(['x86_64']);
  expect(Environment.Variables.TENANTS).toBe('main,outlet');
  expect(template.Resources.ApplyEventSourceMappingSQSEventsQueue?.Properties.ScalingConfig).toEqual({
    MaximumConcurrency: 4,
  });
  expect(template.Parameters.AlarmEmail?.Default).toBe('ops@example.com');
}, 60_000);

function problemsOf(templatePath: string): string[] {
  const engine = new RegoEngine();
  const { diagnostics } = engine.validateStandard(new TemplateFile(templatePath), { severityLevel: 'WARN' });
  engine.free();
  return diagnostics
    .filter((one) => !EXPECTED_WARNINGS.has(one.ruleId))
    .map((one) => `${one.ruleId} ${one.entity?.logicalId}: ${one.message}`);
}
