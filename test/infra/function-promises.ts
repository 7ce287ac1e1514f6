import { statSync } from 'node:fs';
import path from 'node:path';
import { ofType, type Packaged, propertiesOf } from './package-service.ts';

const IN_EVERY_FUNCTION = ['EVENTS_TABLE', 'FAIR_QUEUE', 'QUEUE_URL', 'TENANTS'];
const FUNCTIONS = [
  { name: 'Receive', timeout: 10, memory: 1024, variables: ['PAYLOAD_RETENTION_DAYS', 'SETTINGS_PREFIX'] },
  {
    name: 'Apply',
    timeout: 60,
    memory: 512,
    variables: [
      'JOURNAL_RETENTION_DAYS',
      'LEDGER_TABLE',
      'OUTCOMES_QUEUE_URL',
      'SETTINGS_PREFIX',
      'WORKER_LEASE_SECONDS',
    ],
  },
  { name: 'Reconcile', timeout: 60, memory: 512, variables: [] },
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

  it('the callback URL answers GET and POST, with and without a secret, within a rate limit', () => {
    const routes = ofType(template(), 'AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties.RouteKey);
    const paths = ['/callback/{tenant}', '/callback/{tenant}/{secret}'];
    expect(routes.sort()).toEqual(['GET', 'POST'].flatMap((method) => paths.map((at) => `${method} ${at}`)).sort());
    const { DefaultRouteSettings } = propertiesOf(template(), 'HttpApiStage');
    expect(DefaultRouteSettings.ThrottlingRateLimit).toBeGreaterThan(0);
    expect(DefaultRouteSettings.ThrottlingBurstLimit).toBeGreaterThan(0);
  });

  it('promise 11: no access log, because a path may end in a secret', () => {
    expect(propertiesOf(template(), 'HttpApiStage').AccessLogSettings).toBeUndefined();
  });

  it('promise 7: one failed message never takes its batch along', () => {
    const mappings = ofType(template(), 'AWS::Lambda::EventSourceMapping').map(([, mapping]) => mapping.Properties);
    expect(mappings).toHaveLength(1);
    expect(mappings[0]).toMatchObject({
      BatchSize: 5,
      EventSourceArn: { 'Fn::GetAtt': ['EventsQueue', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  it('promise 2: reconcile runs every two minutes', () => {
    const rules = ofType(template(), 'AWS::Events::Rule').map(([, rule]) => rule.Properties);
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({ ScheduleExpression: 'rate(2 minutes)', State: 'ENABLED' });
    expect(rules[0].Targets[0].Arn).toEqual({ 'Fn::GetAtt': ['ReconcileLambdaFunction', 'Arn'] });
  });
}
