import { type RecordedRequest, startRecordingServer } from '../../contracts/recording-server.ts';
import { answerAsDingtalk } from './dingtalk.ts';
import { answerAsFeishu } from './feishu.ts';
import type { GroupRobot, RobotsState } from './state.ts';
import { answerAsWecom } from './wecom.ts';

export interface RobotsLookalike extends RobotsState {
  requests: RecordedRequest[];
  /** `fetch` for addresses of the three vendors, which end at this server. */
  fetch(url: string, init: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

const HOSTS = /^https:\/\/(qyapi\.weixin\.qq\.com|oapi\.dingtalk\.com|open\.feishu\.cn|open\.larksuite\.com)/;

/** The group robots of 企业微信, 钉钉 and 飞书 behind one address: signature, size, rate and form as each documents them. */
export async function startRobots(
  robots: GroupRobot[],
  now: () => number = () => Date.now(),
): Promise<RobotsLookalike> {
  const state: RobotsState = { robots, shown: [], asked: [], now };
  const server = await startRecordingServer((request) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(answerTo(request, state)),
  }));
  return {
    ...state,
    requests: server.requests,
    fetch: (url, init) => {
      if (!HOSTS.test(url)) throw new Error('an address of no robot');
      return fetch(url.replace(HOSTS, server.url), init);
    },
    close: server.close,
  };
}

function answerTo(request: RecordedRequest, state: RobotsState): object {
  const { pathname } = new URL(request.url, 'http://robots');
  if (pathname === '/cgi-bin/webhook/send') return answerAsWecom(request, state);
  if (pathname === '/robot/send') return answerAsDingtalk(request, state);
  return answerAsFeishu(request, state);
}
