import { lineText, type Message } from '../message.ts';
import type { Advice } from '../verdict.ts';
import { bytesOf, type RobotProtocol } from './protocol.ts';

const MAX_CONTENT_BYTES = 4_096;

/**
 * 企业微信: the key in the address is all there is of a signature. Markdown of at most 4096 bytes; 20 messages a minute.
 * https://developer.work.weixin.qq.com/document/path/91770
 */
export const WECOM: RobotProtocol<'wecom'> = {
  name: { en: 'WeCom', zh: '企业微信' },
  fits: (_robot, message) => bytesOf(contentOf(message)) <= MAX_CONTENT_BYTES,
  request: ({ url }, message) => ({
    url,
    body: JSON.stringify({ msgtype: 'markdown', markdown: { content: contentOf(message) } }),
  }),
  codeField: 'errcode',
  adviceFor,
};

const COLOURS = { alarm: 'warning', ok: 'info', plain: 'comment' };

function contentOf({ tone, title, lines }: Message): string {
  const texts = lines.map((line) => lineText(line, (command) => `\`${command}\``));
  return [`**<font color="${COLOURS[tone]}">${title}</font>**`, ...texts].join('\n');
}

/** https://developer.work.weixin.qq.com/document/path/90313 */
function adviceFor(errcode: number): Advice {
  if (errcode === 45009 || errcode === -1) return 'wait';
  if (errcode === 93000) return 'url';
  return errcode >= 40_000 && errcode < 41_000 ? 'form' : 'other';
}
