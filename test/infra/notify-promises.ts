import { readRunbook } from '../../lib/notify/alarm.ts';
import WORDS from '../../lib/notify/alarm-words.json';
import { ofType, propertiesOf, type Resource, type Template } from './package-service.ts';

/** What is made for the robots, and only for them. */
const OF_THE_ROBOTS = [
  'DigestSchedule',
  'NotifyBacklogAlarm',
  'NotifyLambdaFunction',
  'NotifyLogGroup',
  'NotifyQueue',
  'NotifyQueuePolicy',
  'NotifyRefusedAlarm',
  'NotifyRefusedMetric',
  'NotifyRole',
  'NotifySource',
  'NotifySubscription',
];
const PREFIX = 'merge-sync-dev-';

export function notifyPromises(template: () => Template): void {
  const conditional = () =>
    Object.entries(template().Resources).filter(
      ([, resource]) => (resource as { Condition?: string }).Condition === 'HasNotify',
    );
  const alarms = () =>
    ofType(template(), 'AWS::CloudWatch::Alarm').map(([, { Properties }]): [string, Resource['Properties']] => [
      Properties.AlarmName.slice(PREFIX.length),
      Properties,
    ]);
  const ownAlarms = () => alarms().filter(([name]) => name.startsWith('notify-'));

  it('without `notify` nothing of the robots is made, and nothing else needs it', () => {
    expect(template().Conditions.HasNotify).toEqual({ 'Fn::Equals': [{ Ref: 'Notify' }, 'true'] });
    expect(String(template().Parameters.Notify?.Default)).toBe('false');
    expect(
      conditional()
        .map(([name]) => name)
        .sort(),
    ).toEqual(OF_THE_ROBOTS);
    const others = Object.entries(template().Resources).filter(([name]) => !OF_THE_ROBOTS.includes(name));
    const text = JSON.stringify(others);
    for (const name of OF_THE_ROBOTS) expect(text).not.toContain(`"${name}"`);
    expect(JSON.stringify(template().Outputs)).not.toContain('Notify');
  });

  it('promise 7: robots hear of the end of an alarm, too, and of no alarm about themselves', () => {
    for (const [name, { OKActions }] of alarms())
      expect([name, OKActions]).toEqual([
        name,
        name.startsWith('notify-')
          ? undefined
          : { 'Fn::If': ['HasNotify', [{ Ref: 'AlarmTopic' }], { Ref: 'AWS::NoValue' }] },
      ]);
    expect(ownAlarms()).toHaveLength(2);
  });

  it('each alarm that robots tell has its Chinese, and there is none for others', () => {
    const told = alarms().flatMap(([name]) => (name.startsWith('notify-') ? [] : [name]));
    expect(Object.keys(WORDS).sort()).toEqual(told.sort());
    for (const { title, ...parts } of Object.values(WORDS)) {
      expect(Object.keys(parts)).toEqual(['impact', 'cause', 'next']);
      for (const text of [title.zh, ...Object.values(parts)]) expect(text).toMatch(/\p{Script=Han}{2}/u);
    }
  });

  it('a runbook for robots has a command for this deployment', () => {
    for (const [name, { AlarmDescription }] of alarms()) {
      const { command = '' } = readRunbook(AlarmDescription) ?? {};
      if (command.startsWith('npx merge-sync'))
        expect([name, command]).toEqual([name, expect.stringContaining('--prefix merge-sync-dev')]);
    }
  });

  it('alarms that come together are one batch, and what a robot does not take comes again after ten minutes of its silence', () => {
    const source = propertiesOf(template(), 'NotifySource');
    expect(source).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': ['NotifyQueue', 'Arn'] },
      FunctionName: { 'Fn::GetAtt': ['NotifyLambdaFunction', 'Arn'] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    const { VisibilityTimeout, MessageRetentionPeriod } = propertiesOf(template(), 'NotifyQueue');
    // Two batches at once, each of half a minute: four messages a minute and robot, of the twenty that 企业微信 and 钉钉 take.
    const { MaximumConcurrency } = source.ScalingConfig;
    expect((MaximumConcurrency * 60) / source.MaximumBatchingWindowInSeconds).toBeLessThan(20);
    expect(VisibilityTimeout).toBeGreaterThan(600);
    expect(MessageRetentionPeriod / VisibilityTimeout).toBeGreaterThan(10);
  });

  it('only our own topic and schedule may put anything into the queue of the robots', () => {
    const { Queues, PolicyDocument } = propertiesOf(template(), 'NotifyQueuePolicy');
    expect(Queues).toEqual([{ Ref: 'NotifyQueue' }]);
    const allowed = PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(
      allowed.map(({ Principal, Action, Condition }: Resource['Properties']) => [Principal.Service, Action, Condition]),
    ).toEqual([
      ['sns.amazonaws.com', 'sqs:SendMessage', { ArnEquals: { 'aws:SourceArn': { Ref: 'AlarmTopic' } } }],
      [
        'events.amazonaws.com',
        'sqs:SendMessage',
        { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['DigestSchedule', 'Arn'] } } },
      ],
    ]);
    const [denied] = PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Deny');
    expect(denied).toMatchObject({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(propertiesOf(template(), 'NotifySubscription')).toMatchObject({ Protocol: 'sqs', RawMessageDelivery: true });
  });
}
