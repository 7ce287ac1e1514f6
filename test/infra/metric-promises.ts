import { REASONS } from '../../lib/ledger/reason-table.ts';
import { METRICS } from '../../lib/metrics.ts';
import { matches } from './filter-pattern.ts';
import { ofType, type Packaged } from './package-service.ts';

/** Values of `metric` that no filter counts; why none needs to. */
const NOT_COUNTED = new Set([
  'apply-failed', // The message comes back, and after five times the alarm on the dead-letter queue rings.
  'left-to-reconcile', // Heals within minutes.
  'not-stored', // The sender got a 5xx, and that has an alarm.
  'reconciled', // Each run of reconcile says so.
  ...['stored', 'queued', 'working', 'applied', 'ignored', 'skipped'], // The way of every event.
  'waiting', // Only where the CRM is waited for: crm-waiting.
]);

const RECEIVE = 'ReceiveLogGroup';
const APPLY = 'ApplyLogGroup';
const RECONCILE = 'ReconcileLogGroup';
const NOTIFY = 'NotifyLogGroup';
const GATEWAY = 'HttpApiLogGroup';
const refused = (reason: string) => ({ metric: 'refused', reason });
const answered = (status: string, functionStatus = '-', routeKey = 'POST /callback/{tenant}') => ({
  status,
  functionStatus,
  routeKey,
});

/** Log line → the metrics that it counts for. */
const COUNTED: [string, object, string[]][] = [
  [RECEIVE, refused('unreadable-envelope'), ['refused']],
  [RECEIVE, refused('undecryptable'), ['keys-differ', 'refused']],
  [RECEIVE, refused('expired-keys'), ['keys-differ', 'refused']],
  [RECEIVE, refused('foreign-receive-id'), ['keys-differ', 'refused']],
  [RECEIVE, refused('foreign-account'), ['keys-differ', 'refused']],
  [RECEIVE, refused('bad-signature'), ['refused', 'refused-steadily']],
  [RECEIVE, refused('unknown-tenant'), ['refused', 'refused-steadily']],
  [RECEIVE, refused('plain-text-off'), ['refused', 'refused-steadily']],
  [RECEIVE, { metric: 'accepted' }, ['callbacks']],
  [RECEIVE, { metric: 'repeat-differs' }, ['repeat-differs']],
  [RECEIVE, { metric: 'config' }, ['config']],
  [RECEIVE, { metric: 'settings-stale' }, ['settings-stale']],
  [APPLY, { metric: 'settings-stale' }, ['settings-stale']],
  [RECEIVE, { metric: 'parked' }, ['parked']],
  [APPLY, { metric: 'config' }, ['config']],
  [APPLY, { metric: 'outcome-lost' }, ['outcome-lost']],
  [APPLY, { metric: 'parked', reason: 'crm-refused:400' }, ['parked']],
  [APPLY, { metric: 'held' }, ['held']],
  [APPLY, { metric: 'unlinked' }, ['unlinked']],
  [APPLY, { metric: 'crm-auth' }, ['crm-auth']],
  [APPLY, { metric: 'waiting', reason: 'crm-retry-soon', waitSeconds: 1800 }, ['crm-waiting']],
  [APPLY, { metric: 'waiting', reason: 'crm-ambiguous', waitSeconds: 1800 }, ['crm-waiting']],
  [APPLY, { metric: 'waiting', reason: 'behind-another-event' }, []],
  [APPLY, { metric: 'applied' }, []],
  [APPLY, { metric: 'applied', lagSeconds: 3, crmDone: 2 }, ['crm-done', 'trigger-to-applied']],
  [APPLY, { metric: 'unlinked', state: 'applied', lagSeconds: 0 }, ['trigger-to-applied', 'unlinked']],
  [APPLY, { metric: 'waiting', crmRefused: 1, crmUnanswered: 1 }, ['crm-refused', 'crm-unanswered']],
  [APPLY, { metric: 'parked', state: 'parked', reason: 'cycle' }, ['conflict', 'parked']],
  [APPLY, { metric: 'parked', state: 'parked', reason: 'crm-contradiction:x' }, ['conflict', 'parked']],
  [APPLY, { metric: 'parked', state: 'parked', reason: 'unlinked' }, ['parked']],
  [APPLY, { metric: 'parked', state: 'parked', reason: 'unreadable:mainID' }, ['parked']],
  [RECONCILE, { metric: 'stuck' }, ['stuck']],
  [RECONCILE, { metric: 'parked' }, ['parked']],
  [NOTIFY, { metric: 'notify-refused' }, ['notify-refused']],
  [GATEWAY, answered('429'), ['gateway-refused']],
  [GATEWAY, answered('429', '-', '-'), ['gateway-refused']],
  [GATEWAY, answered('413'), ['gateway-refused']],
  [GATEWAY, answered('403'), ['gateway-refused']],
  [GATEWAY, answered('401', '401'), []],
  [GATEWAY, answered('200', '200'), []],
  [GATEWAY, answered('404', '-', '-'), []],
  [GATEWAY, answered('503', '503'), []],
];

/** Metrics whose value stands in the line. */
const VALUES: Record<string, string> = {
  'crm-waiting': '$.waitSeconds',
  'trigger-to-applied': '$.lagSeconds',
  'crm-done': '$.crmDone',
  'crm-refused': '$.crmRefused',
  'crm-unanswered': '$.crmUnanswered',
};

/** Reasons of doubt: two of the CRM, 尘锋 and the ledger say different things. */
const IN_DOUBT = [
  'cycle',
  'loser-claimed-twice',
  'two-records-for-one-contact',
  'record-of-another-contact',
  'survivor-merged-away-in-crm',
  'loser-merged-away-in-crm',
  'survivor-record-lost-its-contact-id',
  'loser-record-lost-its-contact-id',
  'merged-elsewhere-in-crm',
  'crm-contradiction',
];

export function metricPromises(packaged: () => Packaged): void {
  const filters = () =>
    ofType(packaged().template, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => ({
      logGroup: Properties.LogGroupName.Ref as string,
      pattern: Properties.FilterPattern as string,
      transformation: Properties.MetricTransformations[0],
    }));
  const countedFor = (logGroup: string, line: object) =>
    filters()
      .filter((one) => one.logGroup === logGroup && matches(one.pattern, { ...line }))
      .map((one) => one.transformation.MetricName)
      .sort();

  it.each(COUNTED)('promise 7: %s %j counts for %j', (logGroup, line, metrics) => {
    expect(countedFor(logGroup, line)).toEqual(metrics);
  });

  it('promise 7: of the reasons to park, those of doubt count as conflicts', () => {
    const parked = Object.entries(REASONS).filter(([, { state }]) => state === 'parked');
    const line = (name: string, facts: object) => ({
      state: 'parked',
      metric: 'parked',
      reason: 'parameter' in facts ? `${name}:x` : name,
    });
    const conflicts = parked.filter(([name, facts]) => countedFor(APPLY, line(name, facts)).includes('conflict'));
    expect(conflicts.map(([name]) => name).sort()).toEqual([...IN_DOUBT].sort());
  });

  it('promise 7: every metric that the compiler lets a log line have is counted, or left uncounted for a reason', () => {
    const logGroups = [RECEIVE, APPLY, RECONCILE, NOTIFY];
    const uncounted = METRICS.filter((metric) => logGroups.every((one) => countedFor(one, { metric }).length === 0));
    expect(uncounted.filter((metric) => !NOT_COUNTED.has(metric))).toEqual([]);
    expect([...NOT_COUNTED].filter((metric) => !uncounted.includes(metric as never))).toEqual([]);
  });

  it('promise 7: every filter counts something that a test above names, one for each line or the number in its field', () => {
    const named = new Set(COUNTED.flatMap(([, , metrics]) => metrics));
    for (const { transformation } of filters()) {
      expect([...named]).toContain(transformation.MetricName);
      expect(transformation.MetricNamespace).toBe('merge-sync-dev');
      const value = VALUES[transformation.MetricName] ?? '1';
      expect(transformation.MetricValue).toBe(value);
    }
  });
}
