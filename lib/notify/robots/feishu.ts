import { createHmac } from 'node:crypto';
import { lineText, type Message } from '../message.ts';
import type { RobotOf } from '../settings.ts';
import type { Advice } from '../verdict.ts';
import { bytesOf, type RobotProtocol, titleWith } from './protocol.ts';

const MAX_BODY_BYTES = 20 * 1024;

/**
 * 飞书: `timestamp` (seconds, within an hour) and `sign` in the body, sign = base64 of the HMAC-SHA256 of nothing under
 * the key `TIMESTAMP\nSECRET`. A body of at most 20 KB; 100 messages a minute and 5 a second, fewer at whole and half hours.
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
export const FEISHU: RobotProtocol<'feishu'> = {
  name: { en: 'Feishu', zh: '飞书' },
  fits: (robot, message) => bytesOf(bodyOf(robot, message, 0)) <= MAX_BODY_BYTES,
  request: (robot, message, now) => ({ url: robot.url, body: bodyOf(robot, message, now) }),
  codeField: 'code',
  adviceFor: (code) => BY_CODE[code] ?? 'other',
};

const COLOURS = { alarm: 'red', ok: 'green', plain: 'blue' };

function bodyOf({ secret, keyword }: RobotOf<'feishu'>, message: Message, now: number): string {
  const content = message.lines.map((line) => lineText(line, (command) => command)).join('\n');
  return JSON.stringify({
    ...(secret !== undefined && signature(secret, now)),
    msg_type: 'interactive',
    card: {
      header: { template: COLOURS[message.tone], title: { tag: 'plain_text', content: titleWith(keyword, message) } },
      elements: [{ tag: 'markdown', content }],
    },
  });
}

function signature(secret: string, now: number) {
  const timestamp = String(Math.floor(now / 1000));
  return { timestamp, sign: createHmac('sha256', `${timestamp}\n${secret}`).update('').digest('base64') };
}

/** Error codes: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
const BY_CODE: Record<number, Advice> = {
  11232: 'wait',
  9499: 'form',
  19001: 'url',
  19021: 'signed',
  19022: 'ip',
  19024: 'keyword',
};
