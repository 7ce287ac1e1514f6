import { readRunbook } from '../../lib/notify/alarm.ts';
import { ofType, type Packaged, type Properties, propertiesOf, resourceOf } from './package-service.ts';

/** Each alarm, what it counts, and from how much on. */
const ALARMS: Record<string, { metric: string; of?: string; from?: number }> = {
  DeadLettersAlarm: { metric: 'AWS/SQS ApproximateNumberOfMessagesVisible', of: 'DeadLetterQueue' },
  OldestMessageAlarm: { metric: 'AWS/SQS ApproximateAgeOfOldestMessage', of: 'EventsQueue', from: 1800 },
  ParkedAlarm: { metric: 'merge-sync-dev parked' },
  UnlinkedAlarm: { metric: 'merge-sync-dev unlinked' },
  HeldAlarm: { metric: 'merge-sync-dev held' },
  CrmAuthAlarm: { metric: 'merge-sync-dev crm-auth' },
  CrmWaitingAlarm: { metric: 'merge-sync-dev crm-waiting', from: 1800 },
  OutcomeLostAlarm: { metric: 'merge-sync-dev outcome-lost' },
  ConfigAlarm: { metric: 'merge-sync-dev config' },
  RefusedAlarm: { metric: 'merge-sync-dev refused', from: 20 },
  RefusedSteadilyAlarm: { metric: 'merge-sync-dev refused-steadily' },
  KeysDifferAlarm: { metric: 'merge-sync-dev keys-differ' },
  RepeatDiffersAlarm: { metric: 'merge-sync-dev repeat-differs' },
  GatewayRefusedAlarm: { metric: 'merge-sync-dev gateway-refused' },
  SettingsStaleAlarm: { metric: 'merge-sync-dev settings-stale' },
  StuckAlarm: { metric: 'merge-sync-dev stuck' },
  ReconcileSilentAlarm: { metric: 'AWS/Lambda Invocations', of: 'ReconcileLambdaFunction' },
  CallbackErrorsAlarm: { metric: 'AWS/ApiGateway 5xx', of: 'HttpApi' },
  SlowAnswersAlarm: { metric: 'AWS/ApiGateway Latency', of: 'HttpApi', from: 3000 },
  ReceiveErrorsAlarm: { metric: 'AWS/Lambda Errors', of: 'ReceiveLambdaFunction' },
  ApplyErrorsAlarm: { metric: 'AWS/Lambda Errors', of: 'ApplyLambdaFunction' },
  ReconcileErrorsAlarm: { metric: 'AWS/Lambda Errors', of: 'ReconcileLambdaFunction' },
  ReceiveThrottledAlarm: { metric: 'AWS/Lambda Throttles', of: 'ReceiveLambdaFunction' },
  ApplyThrottledAlarm: { metric: 'AWS/Lambda Throttles', of: 'ApplyLambdaFunction' },
  ReconcileThrottledAlarm: { metric: 'AWS/Lambda Throttles', of: 'ReconcileLambdaFunction' },
  NoCallbacksAlarm: { metric: 'merge-sync-dev callbacks' },
  NotifyRefusedAlarm: { metric: 'merge-sync-dev notify-refused' },
  NotifyBacklogAlarm: { metric: 'AWS/SQS ApproximateAgeOfOldestMessage', of: 'NotifyQueue', from: 1800 },
};

export function alarmPromises(packaged: () => Packaged): void {
  const template = () => packaged().template;
  const alarm = (name: string) => propertiesOf(template(), name);

  it('promise 7: the alarms are the ones this test knows', () => {
    const names = ofType(template(), 'AWS::CloudWatch::Alarm').map(([name]) => name);
    expect(names.sort()).toEqual(Object.keys(ALARMS).sort());
  });

  it.each(Object.entries(ALARMS))('promise 7: %s watches its metric and tells the topic', (name, on) => {
    const { Namespace, MetricName, Threshold, AlarmActions, ...more } = alarm(name);
    expect(`${Namespace} ${MetricName}`).toBe(on.metric);
    expect(watchedResource(more)).toBe(on.of);
    expect(Threshold).toBe(on.from ?? 1);
    expect(AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
  });

  it.each(Object.keys(ALARMS))(
    'promise 7: %s says the impact, the likely cause, the first command and what then',
    (name) => {
      const { AlarmDescription } = alarm(name);
      const { impact, cause, command, next } = readRunbook(AlarmDescription) ?? {};
      for (const part of [impact, cause, next]) expect(part).toMatch(/^\S.{10,}\.$/s);
      expect(command).toMatch(/^(aws (logs|lambda|events) |npx merge-sync )/);
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024); // CloudWatch's limit.
      const named = AlarmDescription.match(/\/aws\/(lambda|http-api)\/[\w-]+/g) ?? [];
      expect(named.filter((group: string) => !logGroupNames(packaged()).includes(group))).toEqual([]);
    },
  );

  it('promise 2: a reconcile that does not report at all raises the alarm', () => {
    const { TreatMissingData, ComparisonOperator, Threshold } = alarm('ReconcileSilentAlarm');
    expect([TreatMissingData, ComparisonOperator, Threshold]).toEqual(['breaching', 'LessThanThreshold', 1]);
  });

  it('silence rings only where it is asked for, after as many hours', () => {
    const { ComparisonOperator, TreatMissingData, Period, EvaluationPeriods } = alarm('NoCallbacksAlarm');
    expect([ComparisonOperator, TreatMissingData]).toEqual(['LessThanThreshold', 'breaching']);
    expect([Period, EvaluationPeriods]).toEqual([3600, { Ref: 'SilencePeriods' }]);
    expect(resourceOf(template(), 'NoCallbacksAlarm').Condition).toBe('HasSilentHours');
    const { SilentHours, SilencePeriods } = template().Parameters;
    expect([SilentHours?.Default, SilencePeriods?.Default]).toEqual([0, 1]);
  });

  it('a genuine callback that is refused rings within a minute, one that may be genuine within days', () => {
    const { Period, EvaluationPeriods } = alarm('KeysDifferAlarm');
    expect(Period * EvaluationPeriods).toBe(60);
    const slow = alarm('RefusedSteadilyAlarm');
    expect([slow.Period, slow.EvaluationPeriods, slow.DatapointsToAlarm]).toEqual([3600, 72, 2]);
  });

  it('a CRM that is down for half an hour rings: the longest wait of any event is watched', () => {
    const { Statistic, Period, EvaluationPeriods } = alarm('CrmWaitingAlarm');
    expect([Statistic, Period, EvaluationPeriods]).toEqual(['Maximum', 300, 1]);
  });

  it('slow answers are judged by the slowest hundredth, also where there are few', () => {
    const { ExtendedStatistic, Statistic, EvaluateLowSampleCountPercentile } = alarm('SlowAnswersAlarm');
    expect([ExtendedStatistic, Statistic, EvaluateLowSampleCountPercentile]).toEqual(['p99', undefined, 'evaluate']);
  });

  it('alarms can reach the topic: it is not encrypted with a key that CloudWatch may not use', () => {
    expect(propertiesOf(template(), 'AlarmTopic').KmsMasterKeyId).toBeUndefined();
    const [own] = propertiesOf(template(), 'AlarmTopicPolicy').PolicyDocument.Statement;
    expect([own.Effect, own.Principal, own.Condition]).toEqual([
      'Allow',
      { AWS: '*' },
      { StringEquals: { 'AWS:SourceOwner': { Ref: 'AWS::AccountId' } } },
    ]);
    expect(own.Action).toContain('sns:Publish');
  });
}

function watchedResource({ Dimensions }: Properties): string | undefined {
  if (!Dimensions) return undefined;
  const [{ Value }] = Dimensions;
  return Value.Ref ?? Value['Fn::GetAtt'][0];
}

const logGroupNames = ({ template }: Packaged) =>
  ofType(template, 'AWS::Logs::LogGroup').map(([, group]) => group.Properties.LogGroupName);
