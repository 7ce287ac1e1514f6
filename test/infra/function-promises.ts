import { statSync } from 'node:fs';
import path from 'node:path';
import { ofType, type Packaged, propertiesOf, resourceOf } from './package-service.ts';

const IN_EVERY_FUNCTION = ['EVENTS_TABLE', 'TENANTS'];
const OF_THE_QUEUE = ['FAIR_QUEUE', 'QUEUE_URL'];
const FUNCTIONS = [
  {
    name: 'Receive',
    timeout: 10,
    memory: 1024,
    variables: [...OF_THE_QUEUE, 'PAYLOAD_RETENTION_DAYS', 'SETTINGS_PREFIX'],
  },
  {
    name: 'Apply',
    timeout: 60,
    memory: 512,
    variables: [
      ...OF_THE_QUEUE,
      'JOURNAL_RETENTION_DAYS',
      'LEDGER_TABLE',
      'OUTCOMES_BUS',
      'OUTCOMES_QUEUE_URL',
      'SETTINGS_PREFIX',
      'WORKER_LEASE_SECONDS',
    ],
  },
  { name: 'Reconcile', timeout: 60, memory: 512, variables: [...OF_THE_QUEUE, 'SETTINGS_PREFIX'] },
  { name: 'Notify', timeout: 60, memory: 256, variables: ['SETTINGS_PREFIX'] },
];

export function functionPromises(packaged: () => Packaged): void {
  const template = () => packaged().template;

  describe.each(FUNCTIONS)('$name', ({ name, timeout, memory, variables }) => {
    it('runs on nodejs24.x, with the time, memory and settings it needs', () => {
      const lambda = propertiesOf(template(), `${name}LambdaFunction`);
      expect([lambda.Runtime, lambda.Architectures]).toEqual(['nodejs24.x', ['arm64']]);
      expect([lambda.Timeout, lambda.MemorySize]).toEqual([timeout, memory]);
      expect(lambda.Handler).toBe(`dist/${name.toLowerCase()}/index.handler`);
      expect(Object.keys(lambda.Environment.Variables).sort()).toEqual([...IN_EVERY_FUNCTION, ...variables].sort());
    });

    it('promise 11: has a log that expires', () => {
      expect(propertiesOf(template(), `${name}LogGroup`).RetentionInDays).toBe(30);
    });

    it('is a small zip, for the cold start', () => {
      const { size } = statSync(path.join(packaged().folder, `${name.toLowerCase()}.zip`));
      expect(size).toBeLessThan(400_000);
    });
  });

  it('the callback URL answers GET and POST, with and without a secret; each has a rate limit of its own', () => {
    const routes = ofType(template(), 'AWS::ApiGatewayV2::Route');
    const keys = routes.map(([, route]) => route.Properties.RouteKey).sort();
    const paths = ['/callback/{tenant}', '/callback/{tenant}/{secret}'];
    expect(keys).toEqual(['GET', 'POST'].flatMap((method) => paths.map((at) => `${method} ${at}`)).sort());
    const { DefaultRouteSettings, RouteSettings } = propertiesOf(template(), 'HttpApiStage');
    const limits = { ThrottlingRateLimit: 300, ThrottlingBurstLimit: 600 };
    expect(DefaultRouteSettings).toMatchObject(limits);
    expect(Object.keys(RouteSettings).sort()).toEqual(keys);
    for (const [key, settings] of Object.entries(RouteSettings))
      expect(settings).toEqual(key.startsWith('POST') ? limits : { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 });
    expect(resourceOf(template(), 'HttpApiStage').DependsOn).toEqual(
      expect.arrayContaining(routes.map(([name]) => name)),
    );
  });

  it('promise 11: the access log has route, status and error, and no path, since that may end in a secret', () => {
    const { AccessLogSettings } = propertiesOf(template(), 'HttpApiStage');
    expect(AccessLogSettings.DestinationArn).toEqual({ 'Fn::GetAtt': ['HttpApiLogGroup', 'Arn'] });
    expect(Object.values(JSON.parse(AccessLogSettings.Format)).sort()).toEqual([
      '$context.error.responseType',
      '$context.integration.status',
      '$context.requestId',
      '$context.responseLatency',
      '$context.routeKey',
      '$context.status',
    ]);
    expect(propertiesOf(template(), 'HttpApiLogGroup').RetentionInDays).toBe(30);
  });

  it('Lambda does not repeat a run of reconcile: the schedule does', () => {
    const [[, config] = [], ...more] = ofType(template(), 'AWS::Lambda::EventInvokeConfig');
    expect(config?.Properties).toMatchObject({
      FunctionName: { Ref: 'ReconcileLambdaFunction' },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 120,
    });
    expect(more).toEqual([]);
  });

  it('a new account with 10 concurrent executions has some left for receive, and nothing is reserved there', () => {
    const mapping = propertiesOf(template(), 'ApplyEventSourceMappingSQSEventsQueue');
    expect(mapping.ScalingConfig.MaximumConcurrency).toBeLessThan(10 - 2);
    const { ReservedConcurrentExecutions } = propertiesOf(template(), 'ReceiveLambdaFunction');
    expect(ReservedConcurrentExecutions['Fn::If'][0]).toBe('ReceiveIsReserved');
    expect(ReservedConcurrentExecutions['Fn::If'][2]).toEqual({ Ref: 'AWS::NoValue' });
    const [{ 'Fn::Equals': compared }] = template().Conditions.ReceiveIsReserved['Fn::Not'];
    expect(compared).toEqual([{ Ref: 'ReservedForReceive' }, 0]);
    expect(template().Parameters.ReservedForReceive?.Default).toBe(0);
  });

  it('promise 7: one failed message never takes its batch along', () => {
    expect(
      ofType(template(), 'AWS::Lambda::EventSourceMapping')
        .map(([name]) => name)
        .sort(),
    ).toEqual(['ApplyEventSourceMappingSQSEventsQueue', 'NotifySource']);
    expect(propertiesOf(template(), 'ApplyEventSourceMappingSQSEventsQueue')).toMatchObject({
      BatchSize: 10,
      EventSourceArn: { 'Fn::GetAtt': ['EventsQueue', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });

  it('promise 2: reconcile runs every two minutes', () => {
    const rules = ofType(template(), 'AWS::Events::Rule').filter(([name]) => name !== 'DigestSchedule');
    const [rule, ...more] = rules.map(([, { Properties }]) => Properties);
    expect(more).toEqual([]);
    expect(rule).toMatchObject({ ScheduleExpression: 'rate(2 minutes)', State: 'ENABLED' });
    expect(rule.Targets[0].Arn).toEqual({ 'Fn::GetAtt': ['ReconcileLambdaFunction', 'Arn'] });
  });
}
