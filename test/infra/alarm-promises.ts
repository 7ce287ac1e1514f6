import { ofType, type Properties, propertiesOf, type Template } from './package-service.ts';

/** What must wake somebody, and what the alarm counts. */
const ALARMS: Record<string, { metric: string; of?: string }> = {
  DeadLettersAlarm: { metric: 'AWS/SQS ApproximateNumberOfMessagesVisible', of: 'DeadLetterQueue' },
  OldestMessageAlarm: { metric: 'AWS/SQS ApproximateAgeOfOldestMessage', of: 'EventsQueue' },
  ParkedAlarm: { metric: 'merge-sync-dev parked' },
  HeldAlarm: { metric: 'merge-sync-dev held' },
  CrmAuthAlarm: { metric: 'merge-sync-dev crm-auth' },
  ConfigAlarm: { metric: 'merge-sync-dev config' },
  RefusedAlarm: { metric: 'merge-sync-dev refused' },
  StuckAlarm: { metric: 'merge-sync-dev stuck' },
  ReconcileSilentAlarm: { metric: 'AWS/Lambda Invocations', of: 'ReconcileLambdaFunction' },
  CallbackErrorsAlarm: { metric: 'AWS/ApiGateway 5xx', of: 'HttpApi' },
  ReceiveErrorsAlarm: { metric: 'AWS/Lambda Errors', of: 'ReceiveLambdaFunction' },
  ApplyErrorsAlarm: { metric: 'AWS/Lambda Errors', of: 'ApplyLambdaFunction' },
  ReconcileErrorsAlarm: { metric: 'AWS/Lambda Errors', of: 'ReconcileLambdaFunction' },
};

/** Log field `metric` → the functions whose logs are counted. */
const FILTERS: Record<string, string[]> = {
  config: ['ApplyLogGroup', 'ReceiveLogGroup'],
  'crm-auth': ['ApplyLogGroup'],
  held: ['ApplyLogGroup'],
  parked: ['ApplyLogGroup', 'ReceiveLogGroup', 'ReconcileLogGroup'],
  refused: ['ReceiveLogGroup'],
  stuck: ['ReconcileLogGroup'],
};

export function alarmPromises(template: () => Template): void {
  it('promise 7: the alarms are the ones this test knows', () => {
    const names = ofType(template(), 'AWS::CloudWatch::Alarm').map(([name]) => name);
    expect(names.sort()).toEqual(Object.keys(ALARMS).sort());
  });

  it.each(Object.entries(ALARMS))(
    'promise 7: %s watches its metric, tells somebody, and says what to do',
    (name, on) => {
      const alarm = propertiesOf(template(), name);
      expect(`${alarm.Namespace} ${alarm.MetricName}`).toBe(on.metric);
      expect(watchedResource(alarm)).toBe(on.of);
      expect(alarm.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
      const sentences = alarm.AlarmDescription.split(/[.:;] /);
      expect(sentences.length).toBeGreaterThanOrEqual(2);
      expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1024); // CloudWatch's limit.
    },
  );

  it.each(Object.entries(FILTERS))('promise 7: log lines with metric "%s" are counted', (metric, logGroups) => {
    const filters = ofType(template(), 'AWS::Logs::MetricFilter')
      .map(([, filter]) => filter.Properties)
      .filter((filter) => filter.FilterPattern === `{ $.metric = "${metric}" }`);
    expect(filters.map((filter) => filter.LogGroupName.Ref).sort()).toEqual(logGroups);
    for (const { MetricTransformations } of filters)
      expect(MetricTransformations).toEqual([
        { MetricNamespace: 'merge-sync-dev', MetricName: metric, MetricValue: '1' },
      ]);
  });

  it('promise 2: a reconcile that does not report at all raises the alarm', () => {
    const { TreatMissingData, ComparisonOperator, Threshold } = propertiesOf(template(), 'ReconcileSilentAlarm');
    expect([TreatMissingData, ComparisonOperator, Threshold]).toEqual(['breaching', 'LessThanThreshold', 1]);
  });

  it('alarms can reach the topic: it is not encrypted with a key that CloudWatch may not use', () => {
    expect(propertiesOf(template(), 'AlarmTopic').KmsMasterKeyId).toBeUndefined();
  });
}

function watchedResource({ Dimensions }: Properties): string | undefined {
  if (!Dimensions) return undefined;
  const [{ Value }] = Dimensions;
  return Value.Ref ?? Value['Fn::GetAtt'][0];
}
