import { createHmac } from 'node:crypto';
import type { RecordedRequest } from '../../contracts/recording-server.ts';
import { askedThisMinute, askedWithin, hasKeyword, isJson, parsed } from './limits.ts';
import type { GroupRobot, RobotsState } from './state.ts';

const HOUR_SECONDS = 3_600;
const refused = (code: number, msg: string) => ({ code, data: {}, msg });

/** https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export function answerAsFeishu(request: RecordedRequest, state: RobotsState): object {
  const [, id] = /^\/open-apis\/bot\/v2\/hook\/([\w-]+)$/.exec(request.url) ?? [];
  const robot = state.robots.find((one) => one.id === id);
  if (!robot) return refused(19001, 'param invalid: incoming webhook access token invalid');
  state.asked.push({ robot: robot.id, at: state.now() });
  if (askedThisMinute(robot, state) > 100 || askedWithin(robot, 1_000, state) > 5)
    return refused(11232, 'frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]');
  const message = isJson(request) && Buffer.byteLength(request.body) <= 20 * 1024 ? parsed(request.body) : undefined;
  const title = message?.msg_type === 'interactive' ? message.card?.header?.title?.content : undefined;
  const [element] = message?.card?.elements ?? [];
  if (typeof title !== 'string' || element?.tag !== 'markdown') return refused(9499, 'Bad Request');
  if (robot.isOtherIp) return refused(19022, 'Ip Not Allowed');
  if (!hasKeyword(robot, `${title}${element.content}`)) return refused(19024, 'Key Words Not Found');
  if (!isSigned(robot, message, state))
    return refused(19021, 'sign match fail or timestamp is not within one hour from current time');
  state.shown.push({ robot: robot.id, title, text: element.content, at: state.now() });
  return { StatusCode: 0, StatusMessage: 'success', code: 0, data: {}, msg: 'success' };
}

function isSigned(
  { secret }: GroupRobot,
  { timestamp, sign }: { timestamp?: unknown; sign?: unknown },
  state: RobotsState,
) {
  if (secret === undefined) return true;
  if (typeof timestamp !== 'string' || !/^\d{10}$/.test(timestamp)) return false;
  if (Math.abs(Number(timestamp) - state.now() / 1000) > HOUR_SECONDS) return false;
  return sign === createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
}
