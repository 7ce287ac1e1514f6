import { createHmac } from 'node:crypto';
import { lineText, type Message } from '../message.ts';
import type { RobotOf } from '../settings.ts';
import type { Advice } from '../verdict.ts';
import { bytesOf, type RobotProtocol, titleWith } from './protocol.ts';

const MAX_BODY_BYTES = 20_000;

/**
 * 钉钉: `timestamp` (milliseconds, within an hour) and `sign` in the query, sign = base64 of the HMAC-SHA256 of
 * `TIMESTAMP\nSECRET` under the secret. A message of at most 20 000 bytes; 20 a minute, and for more ten minutes of none.
 * https://open.dingtalk.com/document/robots/customize-robot-security-settings
 * https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages
 */
export const DINGTALK: RobotProtocol<'dingtalk'> = {
  name: { en: 'DingTalk', zh: '钉钉' },
  fits: (robot, message) => bytesOf(bodyOf(robot, message)) <= MAX_BODY_BYTES,
  request: (robot, message, now) => ({ url: signed(robot, now), body: bodyOf(robot, message) }),
  codeField: 'errcode',
  adviceFor: (errcode, errmsg) => (errcode === 310000 ? refusedFor(errmsg) : (BY_CODE[errcode] ?? 'other')),
};

function signed({ url, secret }: RobotOf<'dingtalk'>, now: number): string {
  if (secret === undefined) return url;
  const sign = createHmac('sha256', secret).update(`${now}\n${secret}`).digest('base64');
  return `${url}&timestamp=${now}&sign=${encodeURIComponent(sign)}`;
}

/** Its Markdown begins a new line only after an empty one. */
function bodyOf({ keyword }: RobotOf<'dingtalk'>, message: Message): string {
  const title = titleWith(keyword, message);
  const texts = message.lines.map((line) => lineText(line, (command) => `> ${command}`));
  return JSON.stringify({ msgtype: 'markdown', markdown: { title, text: [`### ${title}`, ...texts].join('\n\n') } });
}

/** Error codes: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages */
const BY_CODE: Record<number, Advice> = {
  [-1]: 'wait',
  130101: 'wait',
  410100: 'wait',
  300001: 'url',
  300005: 'url',
  400013: 'url',
  400101: 'url',
  400106: 'url',
  400102: 'enable',
  430101: 'content',
  430102: 'content',
  430103: 'content',
  430104: 'content',
  40035: 'form',
  43004: 'form',
  400105: 'form',
  460101: 'form',
};

/** One code for all security settings: what was missed stands in the text only. */
function refusedFor(errmsg: string): Advice {
  if (/keyword|关键词/i.test(errmsg)) return 'keyword';
  if (/timestamp|过期/i.test(errmsg)) return 'clock';
  if (/sign|签名/i.test(errmsg)) return 'secret';
  return /\bip\b|whitelist/i.test(errmsg) ? 'ip' : 'secret';
}
