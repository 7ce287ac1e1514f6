import { deploy } from '../../infra/deploy/deploy.ts';
import { readDeployOptions } from '../../infra/deploy/options.ts';
import type { Template } from '../../infra/deploy/template.ts';
import { ConfigError } from '../../lib/errors.ts';
import { type Account, type AccountServer, startAccount } from './account.ts';

const PARAMETERS = {
  prefix: 'merge-sync-prod',
  tenants: 'main,outlet',
  applyConcurrency: 5,
  reservedForReceive: 0,
  alarmEmail: 'ops@example.com',
};
const templateWith = (parameters: object = {}, resources: Template['Resources'] = {}): Template => ({
  Metadata: { Parameters: { ...PARAMETERS, ...parameters } },
  Resources: {
    EventsTable: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'merge-sync-prod-events' } },
    LedgerTable: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'merge-sync-prod-ledger' } },
    ...resources,
  },
});
const TABLES = ['merge-sync-prod-events', 'merge-sync-prod-ledger'];
const SETTINGS = ['main', 'outlet'].flatMap((tenant) =>
  ['door', 'crm'].map((one) => `/merge-sync-prod/${tenant}/${one}`),
);
const EMPTY: Account = { tables: [], settings: SETTINGS, executions: { all: 1000, unreserved: 1000 } };
const runningWith = (template: Template, status = 'UPDATE_COMPLETE'): Account => ({
  ...EMPTY,
  tables: TABLES,
  stack: { status, template },
});

const NOW = Date.UTC(2026, 10, 27);

const servers: AccountServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** `npm run deploy` against an account, as far as osls is called. */
async function run(
  account: Account,
  template: Template,
  { yes = false, answer, now = NOW }: { yes?: boolean; answer?: string; now?: number } = {},
) {
  const server = await startAccount(account);
  servers.push(server);
  const osls: string[][] = [];
  const lines: string[] = [];
  const args = ['--stage', 'prod', '--region', 'us-east-1'];
  const deployed = deploy(
    { args, yes },
    {
      clients: server.clients,
      osls: async (called) => {
        osls.push(called);
      },
      readPackaged: () => ({ stackName: 'dustess-merge-sync-prod', region: 'us-east-1', template }),
      ...(answer !== undefined && { ask: async () => answer }),
      print: (line) => lines.push(line),
      now: () => now,
    },
  );
  const end = await deployed.catch((error) => error);
  return {
    end,
    lines: lines.join('\n'),
    called: osls.map(([command, ...rest]) => [command, ...rest.slice(args.length)]),
  };
}

describe('an update', () => {
  it('without the parameters of the last one says which change, and deploys nothing unless told to', async () => {
    const { end, lines, called } = await run(
      runningWith(templateWith()),
      templateWith({ tenants: 'main', alarmEmail: '' }),
      { answer: '' },
    );
    expect(lines).toContain('tenants: main,outlet → main');
    expect(lines).toContain('alarmEmail: ops@example.com → (empty)');
    expect(lines).not.toContain('prefix');
    expect([end, called]).toEqual([false, [['package']]]);
  });

  it('is deployed once it was answered with yes', async () => {
    const { end, called } = await run(runningWith(templateWith()), templateWith(), { answer: 'y' });
    expect([end, called]).toEqual([true, [['package'], ['deploy']]]);
  });

  it('without a terminal needs --yes', async () => {
    const { end, called } = await run(runningWith(templateWith()), templateWith());
    expect(end).toBeInstanceOf(ConfigError);
    expect(end.message).toContain('--yes');
    expect(called).toEqual([['package']]);
    expect((await run(runningWith(templateWith()), templateWith(), { yes: true })).end).toBe(true);
  });

  it('says which resources are created, deleted and changed, and nothing of code, whose place differs each time', async () => {
    const queue = (seconds: number) => ({ Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: seconds } });
    const lambda = (key: string) => ({ Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: key } } });
    const before = templateWith({}, { OldTopic: { Type: 'AWS::SNS::Topic' }, Queue: queue(30), Apply: lambda('1') });
    const after = templateWith({}, { NewTopic: { Type: 'AWS::SNS::Topic' }, Queue: queue(60), Apply: lambda('2') });
    const { lines } = await run(runningWith(before), after, { yes: true });
    expect(lines).toContain('- OldTopic (AWS::SNS::Topic) is deleted');
    expect(lines).toContain('+ NewTopic (AWS::SNS::Topic) is created');
    expect(lines).toContain('~ Queue (AWS::SQS::Queue) changes');
    expect(lines).not.toContain('Apply');
  });

  it('says a year before that Lambda’s runtime ends, and where to read what to change to', async () => {
    const lambda = { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x' } };
    const template = templateWith({}, { Receive: lambda, Apply: lambda });
    const said = async (now: number) => {
      const { lines } = await run(runningWith(template), template, { yes: true, now });
      return lines.match(/nodejs24\.x (ends|ended) on 2028-04-30.*docs\/vendors\.md/g) ?? [];
    };
    expect(await said(NOW)).toEqual([]);
    expect(await said(Date.UTC(2027, 5, 1))).toHaveLength(1);
  });

  it('a number of the file and the same one of the command line are no change', async () => {
    const { lines } = await run(runningWith(templateWith()), templateWith({ applyConcurrency: '5' }), { yes: true });
    expect(lines).toContain('none but the code');
  });

  it('promise 3: with another prefix is refused, also with --yes', async () => {
    const { end, called } = await run(runningWith(templateWith()), templateWith({ prefix: 'other' }), { yes: true });
    expect(end.message).toMatch(/from merge-sync-prod to other.*Put merge-sync-prod back/s);
    expect(called).toEqual([['package']]);
  });

  it.each(['ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'UPDATE_IN_PROGRESS'])(
    'of a stack in the state %s says what to do first',
    async (status) => {
      const { end } = await run(runningWith(templateWith(), status), templateWith(), { yes: true });
      expect(end.message).toMatch(/osls remove|continue-update-rollback|Wait until/);
    },
  );

  it('ends with the URL of each tenant', async () => {
    const account = runningWith(templateWith());
    const outputs: Record<string, [string, string]> = {
      CallbackUrl1: ['The URL for the form, tenant main', 'https://x.example/callback/main'],
      EventsTable: ['', 'merge-sync-prod-events'],
    };
    if (account.stack) account.stack.outputs = outputs;
    const { lines } = await run(account, templateWith(), { yes: true });
    expect(lines).toContain('tenant main: https://x.example/callback/main');
    expect(lines).toContain('confirm within three days');
  });
});

describe('the first deployment', () => {
  it('leaves the tables unprotected until it has succeeded, so that a failure can take them back', async () => {
    const { lines, called } = await run(EMPTY, templateWith(), { yes: true });
    expect(lines).toContain('First deployment of the stack dustess-merge-sync-prod in us-east-1');
    expect(called).toEqual([['package'], ['deploy', '--param=protectTables=false'], ['deploy']]);
  });

  it('after one that failed: the stack has no tables yet', async () => {
    const { called } = await run(
      { ...EMPTY, stack: { status: 'UPDATE_ROLLBACK_COMPLETE', template: { Resources: {} } } },
      templateWith(),
      { yes: true },
    );
    expect(called).toHaveLength(3);
  });

  it('is refused where tables of these names exist, and says both ways on', async () => {
    const { end, called } = await run({ ...EMPTY, tables: TABLES }, templateWith(), { yes: true });
    expect(end.message).toMatch(/merge-sync-prod-events, merge-sync-prod-ledger.*tables:remove-empty.*import/s);
    expect(called).toEqual([['package']]);
  });

  it('names settings that are not in this region', async () => {
    const { lines } = await run({ ...EMPTY, settings: SETTINGS.slice(1) }, templateWith(), { yes: true });
    expect(lines).toContain('not in SSM in us-east-1: /merge-sync-prod/main/door.');
  });

  it('names the settings of the group robots where they are wanted and not there', async () => {
    const noted = async (parameters: object, settings: string[]) =>
      (await run({ ...EMPTY, settings }, templateWith(parameters), { yes: true })).lines;
    const words = 'There is no /merge-sync-prod/notify in SSM in us-east-1.';
    expect(await noted({ notify: true }, SETTINGS)).toContain(words);
    expect(await noted({ notify: 'true' }, SETTINGS)).not.toContain('callbacks get 503');
    expect(await noted({ notify: false }, SETTINGS)).not.toContain(words);
    expect(await noted({ notify: true }, [...SETTINGS, '/merge-sync-prod/notify'])).not.toContain(words);
  });

  it('says where the account runs too few functions at once', async () => {
    const small = { ...EMPTY, executions: { all: 10, unreserved: 10 } };
    expect((await run(small, templateWith(), { yes: true })).lines).not.toContain('Note');
    const { lines } = await run(small, templateWith({ applyConcurrency: 10 }), { yes: true });
    expect(lines).toContain('apply may take 10 of the 10 functions');
    const { end } = await run(small, templateWith({ reservedForReceive: 5 }), { yes: true });
    expect(end.message).toContain('Lambda wants 100 left unreserved');
  });
});

describe('the region', () => {
  it('is the one of the command line, else of the environment, and never guessed', async () => {
    expect(readDeployOptions(['--region', 'cn-north-1', '--yes'], { AWS_REGION: 'us-east-1' })).toEqual({
      args: ['--region', 'cn-north-1'],
      region: 'cn-north-1',
      yes: true,
    });
    const { args, region } = readDeployOptions(['--stage', 'prod'], { AWS_DEFAULT_REGION: 'cn-northwest-1' });
    expect([args, region]).toEqual([['--stage', 'prod', '--region', 'cn-northwest-1'], 'cn-northwest-1']);
    expect(() => readDeployOptions([], {})).toThrow(/export AWS_REGION=/);
  });
});
