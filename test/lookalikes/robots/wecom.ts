import type { RecordedRequest } from '../../contracts/recording-server.ts';
import { askedThisMinute, isJson, parsed } from './limits.ts';
import type { RobotsState } from './state.ts';

const refused = (errcode: number, what: string) => ({
  errcode,
  errmsg: `${what}, hint: [1700000000000000000], from ip: 192.0.2.1, more info at https://open.work.weixin.qq.com/devtool/query?e=${errcode}`,
});

/** https://developer.work.weixin.qq.com/document/path/91770 and its error codes, …/path/90313 */
export function answerAsWecom(request: RecordedRequest, state: RobotsState): object {
  const key = new URL(request.url, 'http://robots').searchParams.get('key');
  const robot = state.robots.find(({ id }) => id === key);
  if (!robot) return refused(93000, 'invalid webhook url');
  state.asked.push({ robot: robot.id, at: state.now() });
  if (askedThisMinute(robot, state) > 20) return refused(45009, 'api freq out of limit');
  const message = isJson(request) ? parsed(request.body) : undefined;
  const content = message?.msgtype === 'markdown' ? message.markdown?.content : undefined;
  if (typeof content !== 'string') return refused(40008, 'invalid message type');
  if (Buffer.byteLength(content) > 4096) return refused(40058, 'markdown.content exceed max length 4096');
  const [title = '', ...lines] = content.split('\n');
  state.shown.push({ robot: robot.id, title, text: lines.join('\n'), at: state.now() });
  return { errcode: 0, errmsg: 'ok' };
}
