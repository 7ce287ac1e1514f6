/**
 * Every value of a log line's field `metric`. A metric filter of infra/metrics.yml counts it, or test/infra says why
 * none needs to.
 */
export type Metric = (typeof METRICS)[number];

export const METRICS = [
  'accepted',
  'apply-failed',
  'config',
  'crm-auth',
  'left-to-reconcile',
  'not-stored',
  'notify-refused',
  'outcome-lost',
  'reconciled',
  'refused',
  'repeat-differs',
  'settings-stale',
  'stuck',
  'unlinked',
  // States of events: each change of state is a log line.
  'applied',
  'held',
  'ignored',
  'parked',
  'queued',
  'skipped',
  'stored',
  'waiting',
  'working',
] as const;
