import { ofType, type Packaged, propertiesOf, resourceOf } from './package-service.ts';

const INSECURE = { Bool: { 'aws:SecureTransport': 'false' } };

export function storagePromises(packaged: () => Packaged): void {
  const template = () => packaged().template;

  describe.each(['EventsTable', 'LedgerTable'])('%s', (table) => {
    it('promise 11: is encrypted at rest and lets its items expire', () => {
      const { SSESpecification, TimeToLiveSpecification } = propertiesOf(template(), table);
      expect(SSESpecification).toEqual({ SSEEnabled: true });
      expect(TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
    });

    it('promise 3: survives a removed stack, under a fixed name, and can be put back to any second', () => {
      const { DeletionPolicy, UpdateReplacePolicy, Properties } = resourceOf(template(), table);
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
      expect(Properties.DeletionProtectionEnabled).toBe(true);
      expect(Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
      expect(Properties.TableName).toBe(table === 'EventsTable' ? 'merge-sync-dev-events' : 'merge-sync-dev-ledger');
    });

    it('has the keys and the index that the stores use', () => {
      const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, BillingMode } = propertiesOf(template(), table);
      const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
      expect(KeySchema).toEqual([key('pk', 'HASH'), key('sk', 'RANGE')]);
      expect(GlobalSecondaryIndexes).toEqual([
        {
          IndexName: 'lists',
          KeySchema: [key('gpk', 'HASH'), key('gsk', 'RANGE')],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ]);
      const types = AttributeDefinitions.map(
        (one: Record<string, string>) => `${one.AttributeName} ${one.AttributeType}`,
      );
      expect(types.sort()).toEqual(['gpk S', 'gsk N', 'pk S', 'sk S']);
      expect(BillingMode).toBe('PAY_PER_REQUEST');
    });
  });

  it('promise 7: what fails five times is kept for 14 days in a dead-letter queue', () => {
    const queue = propertiesOf(template(), 'EventsQueue');
    const deadLetters = propertiesOf(template(), 'DeadLetterQueue');
    const deadLetterTargetArn = { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] };
    expect(queue.RedrivePolicy).toEqual({ deadLetterTargetArn, maxReceiveCount: 5 });
    expect(deadLetters.MessageRetentionPeriod).toBe(14 * 86_400);
    expect(queue.MessageRetentionPeriod).toBeLessThan(deadLetters.MessageRetentionPeriod);
  });

  it.each(['EventsQueue', 'DeadLetterQueue', 'OutcomesQueue'])(
    'promise 11: %s takes nothing that came without TLS',
    (queue) => {
      const { Queues, PolicyDocument } = propertiesOf(template(), `${queue}Policy`);
      expect(Queues).toEqual([{ Ref: queue }]);
      expect(PolicyDocument.Statement).toEqual([
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: { 'Fn::GetAtt': [queue, 'Arn'] },
          Condition: INSECURE,
        },
      ]);
    },
  );

  it('promise 11: the topic takes nothing that came without TLS', () => {
    const { Topics, PolicyDocument } = propertiesOf(template(), 'AlarmTopicPolicy');
    expect(Topics).toEqual([{ Ref: 'AlarmTopic' }]);
    const denials = PolicyDocument.Statement.filter((one: { Effect: string }) => one.Effect === 'Deny');
    expect(denials).toEqual([
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: { Ref: 'AlarmTopic' },
        Condition: INSECURE,
      },
    ]);
  });

  it('promise 3: an update may neither replace nor delete a table', () => {
    const [allow, deny, ...more] = packaged().provider.stackPolicy;
    expect(allow).toEqual({ Effect: 'Allow', Principal: '*', Action: ['Update:*'], Resource: '*' });
    expect(deny).toEqual({
      Effect: 'Deny',
      Principal: '*',
      Action: ['Update:Replace', 'Update:Delete'],
      Resource: ['LogicalResourceId/EventsTable', 'LogicalResourceId/LedgerTable'],
    });
    expect(more).toEqual([]);
  });

  it('promise 3: the stack of stage prod cannot be removed by one command', () => {
    expect(packaged().provider.deletionProtection).toEqual({ stages: ['prod'] });
  });

  it('promise 11: all queues are encrypted at rest', () => {
    const queues = ofType(template(), 'AWS::SQS::Queue').map(([, queue]) => queue.Properties.SqsManagedSseEnabled);
    expect(queues).toEqual([true, true, true, true]);
  });

  it('promise 5: a message stays hidden, and a lease held, for longer than its worker can live', () => {
    const { Timeout, Environment } = propertiesOf(template(), 'ApplyLambdaFunction');
    expect(propertiesOf(template(), 'EventsQueue').VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    expect(Number(Environment.Variables.WORKER_LEASE_SECONDS)).toBeGreaterThan(Timeout);
  });
}
