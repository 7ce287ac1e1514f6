import { ofType, type Properties, resourceOf, type Template } from './package-service.ts';

const DAY_SECONDS = 86_400;

/** What holds for every resource of a kind, also for those that come later. */
export function reviewPromises(template: () => Template): void {
  const all = (type: string) => ofType(template(), type);
  const statementsOf = (type: string) =>
    all(type).flatMap(([name, { Properties }]) =>
      [...(Properties.Policies ?? []), Properties]
        .flatMap(({ PolicyDocument }: Properties) => PolicyDocument?.Statement ?? [])
        .map((statement: Properties): [string, Properties] => [name, statement]),
    );

  it('promise 10: no role has a right on everything, or a right by a wildcard', () => {
    const statements = [...statementsOf('AWS::IAM::Role'), ...statementsOf('AWS::IAM::Policy')];
    expect(statements.length).toBeGreaterThan(15);
    for (const [name, { Effect, Action, Resource, NotAction, NotResource }] of statements) {
      expect([name, Effect, NotAction, NotResource]).toEqual([name, 'Allow', undefined, undefined]);
      expect([name, [Action].flat().filter((action) => action.includes('*'))]).toEqual([name, []]);
      expect([name, [Resource].flat().filter((one) => one === '*')]).toEqual([name, []]);
    }
  });

  it('promise 11: every queue refuses what comes without TLS, and lets in no service but for one source', () => {
    const policies = all('AWS::SQS::QueuePolicy');
    const covered = policies.flatMap(([, { Properties }]) => Properties.Queues.map(({ Ref }: { Ref: string }) => Ref));
    expect(covered.sort()).toEqual(
      all('AWS::SQS::Queue')
        .map(([name]) => name)
        .sort(),
    );
    for (const [name, { Properties }] of policies) {
      const statements: Properties[] = Properties.PolicyDocument.Statement;
      expect([name, statements.filter(({ Effect }) => Effect === 'Deny').map(({ Sid }) => Sid)]).toEqual([
        name,
        ['TlsOnly'],
      ]);
      for (const { Condition } of statements.filter(({ Effect }) => Effect === 'Allow'))
        expect([name, Object.keys(Condition.ArnEquals)]).toEqual([name, ['aws:SourceArn']]);
    }
  });

  it('promise 10: whatever calls a function does so for one source', () => {
    for (const [name, { Properties }] of all('AWS::Lambda::Permission'))
      expect([name, typeof Properties.SourceArn]).toEqual([name, 'object']);
  });

  it('promise 11: every log expires, and every function writes into one of them', () => {
    const groups = all('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
    for (const { LogGroupName, RetentionInDays } of groups)
      expect([LogGroupName, RetentionInDays]).toEqual([LogGroupName, 30]);
    const names = groups.map(({ LogGroupName }) => LogGroupName);
    for (const [, { Properties }] of all('AWS::Lambda::Function'))
      expect(names).toContain(`/aws/lambda/${Properties.FunctionName}`);
  });

  it('promise 7: every alarm says what missing data means, and looks back no further than CloudWatch does', () => {
    for (const [name, { Properties }] of all('AWS::CloudWatch::Alarm')) {
      const { TreatMissingData, Period, EvaluationPeriods } = Properties;
      expect([name, ['breaching', 'notBreaching'].includes(TreatMissingData)]).toEqual([name, true]);
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html; parameters.ts bounds the other.
      const periods = typeof EvaluationPeriods === 'number' ? EvaluationPeriods : 1;
      expect([name, Period * periods <= (Period < 3600 ? 1 : 7) * DAY_SECONDS]).toEqual([name, true]);
    }
  });

  it('promise 5: every queue that feeds a function hides a message for at least six runs', () => {
    for (const [, { Properties }] of all('AWS::Lambda::EventSourceMapping')) {
      const queue = resourceOf(template(), Properties.EventSourceArn['Fn::GetAtt'][0]).Properties;
      const lambda = resourceOf(template(), Properties.FunctionName['Fn::GetAtt'][0]).Properties;
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda.Timeout);
      expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2); // Lambda's least.
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('promise 11: the bucket of deployments is encrypted and closed to the public', () => {
    const buckets = all('AWS::S3::Bucket').map(([, { Properties }]) => Properties);
    expect(buckets).toHaveLength(1);
    expect(buckets[0].BucketEncryption.ServerSideEncryptionConfiguration).toHaveLength(1);
    expect(Object.values(buckets[0].PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
  });
}
