import { createHmac } from 'node:crypto';
import type { RecordedRequest } from '../../contracts/recording-server.ts';
import { askedThisMinute, hasKeyword, isJson, parsed } from './limits.ts';
import type { GroupRobot, RobotsState } from './state.ts';

const HOUR = 3_600_000;
const BLOCKED_MS = 600_000;
const refused = (errcode: number, errmsg: string) => ({ errcode, errmsg });

/**
 * https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages and
 * https://open.dingtalk.com/document/robots/customize-robot-security-settings
 */
export function answerAsDingtalk(request: RecordedRequest, state: RobotsState): object {
  const query = new URL(request.url, 'http://robots').searchParams;
  const robot = state.robots.find(({ id }) => id === query.get('access_token'));
  if (!robot) return refused(300005, 'token is not exist');
  if (robot.isStopped) return refused(400102, 'robot is disabled');
  if (!isJson(request)) return refused(43004, 'invalid content-type');
  if (isBlocked(robot, state)) return refused(410100, 'send too fast, exceed 20 times per minute');
  if (Buffer.byteLength(request.body) > 20_000) return refused(460101, 'message too long, exceed 20000 bytes');
  const message = parsed(request.body);
  const { title, text } = message?.msgtype === 'markdown' ? message.markdown : {};
  if (!title || !text) return refused(40035, 'missing json');
  const problem = securityProblem(robot, query, `${title}${text}`, state);
  if (problem) return refused(310000, problem);
  state.shown.push({ robot: robot.id, title, text, at: state.now() });
  return { errcode: 0, errmsg: 'ok' };
}

/** The twenty-first message of a minute is refused, and so is each for ten minutes from then on. */
function isBlocked(robot: GroupRobot, state: RobotsState): boolean {
  state.asked.push({ robot: robot.id, at: state.now() });
  if (askedThisMinute(robot, state) > 20) blockedUntil.set(robot, state.now() + BLOCKED_MS);
  return (blockedUntil.get(robot) ?? 0) > state.now();
}

const blockedUntil = new WeakMap<GroupRobot, number>();

function securityProblem(robot: GroupRobot, query: URLSearchParams, shown: string, { now }: RobotsState) {
  if (!hasKeyword(robot, shown)) return 'keywords not in content';
  if (robot.isOtherIp) return 'ip 192.0.2.1 not in whitelist';
  if (robot.secret === undefined) return undefined;
  const timestamp = query.get('timestamp') ?? '';
  if (!/^\d{13}$/.test(timestamp) || Math.abs(Number(timestamp) - now()) > HOUR) return 'invalid timestamp';
  const wanted = createHmac('sha256', robot.secret).update(`${timestamp}\n${robot.secret}`, 'utf8').digest('base64');
  return query.get('sign') === wanted ? undefined : 'sign not match';
}
