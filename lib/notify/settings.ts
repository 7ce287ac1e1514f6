import * as v from 'valibot';
import { readJson, readSettings } from '../config.ts';
import type { Language } from '../sentence.ts';

/** Stands in logs and on the screen instead of the robot's address: too short to be a key by mistake. */
const name = v.optional(
  v.pipe(v.string(), v.regex(/^[\p{L}\p{N} _-]{1,24}$/u, 'needs at most 24 letters, digits, spaces, - and _')),
);
/** A word that the group's settings want in every message. */
const keyword = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(40)));
const secret = v.optional(v.pipe(v.string(), v.regex(/^\S+$/, 'needs the secret as the robot shows it')));
const address = (pattern: RegExp) =>
  v.pipe(v.string(), v.regex(pattern, 'needs the whole Webhook address, as the group shows it for this kind of robot'));

const RobotSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('wecom'),
    name,
    url: address(/^https:\/\/qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=[\w-]{8,}$/),
  }),
  v.strictObject({
    kind: v.literal('dingtalk'),
    name,
    url: address(/^https:\/\/oapi\.dingtalk\.com\/robot\/send\?access_token=\w{8,}$/),
    secret,
    keyword,
  }),
  v.strictObject({
    kind: v.literal('feishu'),
    name,
    url: address(/^https:\/\/open\.(feishu\.cn|larksuite\.com)\/open-apis\/bot\/v2\/hook\/[\w-]{8,}$/),
    secret,
    keyword,
  }),
]);
type RobotSettings = v.InferOutput<typeof RobotSchema>;

/** A group's robot. Its address and secret are never logged or shown: who has them can write into the group. */
export type Robot = RobotSettings & { name: string };
export type RobotKind = Robot['kind'];
export type RobotOf<K extends RobotKind> = Extract<RobotSettings, { kind: K }> & { name: string };

const MAX_ROBOTS = 10;
const differ = (robots: RobotSettings[]) => {
  const names = robots.flatMap(({ name: own }) => own ?? []);
  return new Set(names).size === names.length;
};

/** The parameter `/PREFIX/notify`. */
export const NotifySettingsSchema = v.strictObject({
  robots: v.pipe(
    v.array(RobotSchema),
    v.minLength(1, 'needs at least one robot'),
    v.maxLength(MAX_ROBOTS, 'needs ten robots at most'),
    v.check(differ, 'needs another name for each robot'),
  ),
  language: v.optional(v.picklist(['zh', 'en'])),
  /** Where the people are: IANA. Days of the digest begin and end there. */
  timeZone: v.optional(v.pipe(v.string(), v.check(isTimeZone, 'needs a time zone, as Asia/Shanghai'))),
  /** Whether the daily digest is sent. */
  digest: v.optional(v.boolean(), true),
});

export interface NotifySettings {
  robots: Robot[];
  language: Language;
  timeZone: string;
  digest: boolean;
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
}

/**
 * @param region of the deployment; in China (`cn-…`) messages are Chinese where the settings do not say.
 * @throws ConfigError naming each bad key and what it needs, never a value
 */
export function readNotifySettings(text: string, region: string): NotifySettings {
  const where = 'notify settings';
  const { robots, language, timeZone, digest } = readSettings(NotifySettingsSchema, where, readJson(where, text));
  const spoken = language ?? (region.startsWith('cn-') ? 'zh' : 'en');
  return {
    robots: robots.map((robot, index) => ({ ...robot, name: robot.name ?? `${robot.kind} ${index + 1}` })),
    language: spoken,
    timeZone: timeZone ?? (spoken === 'zh' ? 'Asia/Shanghai' : 'UTC'),
    digest,
  };
}
