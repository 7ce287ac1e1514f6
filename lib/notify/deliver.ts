import { objectIn, stringOrEmpty } from '../json.ts';
import type { Fetch, Now } from '../ports.ts';
import type { Language } from '../sentence.ts';
import { fitted, type Message } from './message.ts';
import { DINGTALK } from './robots/dingtalk.ts';
import { FEISHU } from './robots/feishu.ts';
import type { RobotProtocol } from './robots/protocol.ts';
import { WECOM } from './robots/wecom.ts';
import type { Robot, RobotKind } from './settings.ts';
import { lasting, passing, type Verdict, verdictOn } from './verdict.ts';

export interface DeliverDeps {
  fetch: Fetch;
  now: Now;
}

const ANSWER_MS = 5_000;
const PROTOCOLS: { [K in RobotKind]: RobotProtocol<K> } = { wecom: WECOM, dingtalk: DINGTALK, feishu: FEISHU };

export const vendorName = (kind: RobotKind) => PROTOCOLS[kind].name;

/** One attempt to tell one group. Never throws; nothing it returns has the robot's address or secret in it. */
export async function deliver(robot: Robot, message: Message, language: Language, deps: DeliverDeps): Promise<Verdict> {
  const protocol = PROTOCOLS[robot.kind] as RobotProtocol<RobotKind>;
  const fitting = fitted(message, LEFT_OUT[language], (one) => protocol.fits(robot, one));
  const { url, body } = protocol.request(robot, fitting, deps.now());
  try {
    const response = await deps.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    return await readVerdict(response, protocol);
  } catch (error) {
    return passing(networkCode(error), 'network');
  }
}

const LEFT_OUT = {
  en: (count: number) => `… ${count} more lines did not fit.`,
  zh: (count: number) => `……还有 ${count} 行放不下。`,
};

async function readVerdict(response: Response, protocol: RobotProtocol<RobotKind>): Promise<Verdict> {
  const text = await response.text();
  const { status } = response;
  if (status === 429) return passing('HTTP 429', 'wait');
  if (status >= 500) return passing(`HTTP ${status}`, 'network');
  const answer = objectIn(text);
  const code = answer[protocol.codeField];
  // A body with an error code says more than the status.
  if (typeof code === 'number') return verdictOn(code, protocol.adviceFor(code, stringOrEmpty(answer.errmsg)));
  return status === 200 ? passing('no code', 'network') : lasting(`HTTP ${status}`, 'url');
}

/** A name or code of the error, or of what caused it: their texts may hold the address. */
function networkCode(error: unknown): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown } };
  const word = [cause?.code, name].find((one) => typeof one === 'string' && /^[A-Za-z_]{3,40}$/.test(one));
  return typeof word === 'string' ? word : 'no answer';
}
