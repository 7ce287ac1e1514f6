import { isJsonObject, stringOrEmpty } from '../json.ts';

/** An alarm of CloudWatch that has changed its state. */
export interface AlarmChange {
  /** Without the deployment's prefix: `parked`. */
  name: string;
  isOver: boolean;
  /** When it changed, milliseconds since 1970. */
  since: number;
  description: string;
}

/**
 * What CloudWatch publishes for an alarm:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 * @returns undefined for anything else
 */
export function readAlarm(message: unknown, prefix: string): AlarmChange | undefined {
  if (!isJsonObject(message)) return undefined;
  const [name, state] = [stringOrEmpty(message.AlarmName), stringOrEmpty(message.NewStateValue)];
  if (name === '' || !['ALARM', 'OK'].includes(state)) return undefined;
  return {
    name: name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : name,
    isOver: state === 'OK',
    since: Date.parse(withColon(stringOrEmpty(message.StateChangeTime))),
    description: stringOrEmpty(message.AlarmDescription),
  };
}

/** `2026-11-27T06:00:00.000+0000`, as CloudWatch writes it, with the colon that ISO 8601 wants. */
const withColon = (time: string) => time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2');

/** An alarm's description in its four parts: what infra/alarms.yml writes. */
export interface Runbook {
  impact: string;
  cause: string;
  command: string;
  next: string;
}

const PARTS = /^Impact: (.+?) Likely cause: (.+?) First command: (.+?)\. Then: (.+)$/s;

/** @returns undefined for the description of a foreign alarm */
export function readRunbook(description: string): Runbook | undefined {
  const [, impact, cause, command, next] = PARTS.exec(description.replace(/\s+/g, ' ').trim()) ?? [];
  return impact && cause && command && next ? { impact, cause, command, next } : undefined;
}
