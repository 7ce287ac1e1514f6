import { deliver } from '../../lib/notify/deliver.ts';
import type { Message } from '../../lib/notify/message.ts';
import type { Robot } from '../../lib/notify/settings.ts';
import { ADVICE, type Verdict } from '../../lib/notify/verdict.ts';
import { type RobotsLookalike, startRobots } from '../lookalikes/robots/robots.ts';
import type { GroupRobot } from '../lookalikes/robots/state.ts';

const START = Date.UTC(2026, 10, 27, 6, 0, 3);
const MINUTE = 60_000;
const SECRET = 'SEC0123456789abcdef';

const WECOM = {
  kind: 'wecom',
  name: 'ops',
  url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=wecom-key-1',
} as const;
const DINGTALK = {
  kind: 'dingtalk',
  name: 'duty',
  url: 'https://oapi.dingtalk.com/robot/send?access_token=dingtalktoken1',
  secret: SECRET,
} as const;
const FEISHU = {
  kind: 'feishu',
  name: 'night',
  url: 'https://open.feishu.cn/open-apis/bot/v2/hook/feishu-hook-1',
  secret: SECRET,
} as const;
const ROBOTS: Robot[] = [WECOM, DINGTALK, FEISHU];
const IN_GROUPS: GroupRobot[] = [
  { id: 'wecom-key-1' },
  { id: 'dingtalktoken1', secret: SECRET },
  { id: 'feishu-hook-1', secret: SECRET },
];

const clock = { now: START };
let groups: RobotsLookalike;
beforeEach(async () => {
  clock.now = START;
  groups = await startRobots(structuredClone(IN_GROUPS), () => clock.now);
});
afterEach(() => groups.close());

const MESSAGE: Message = {
  tone: 'alarm',
  title: '[告警] 有事件被搁置',
  lines: [
    '影响：该事件的合并没有做。',
    { command: 'aws events list-rules --query "Rules[?State==\'DISABLED\'].Name"' },
  ],
};
const tell = (robot: Robot, message = MESSAGE, deps: { skewMs?: number } = {}): Promise<Verdict> =>
  deliver(robot, message, 'zh', { fetch: groups.fetch, now: () => clock.now + (deps.skewMs ?? 0) });
const change = (id: string, changes: Partial<GroupRobot>) =>
  Object.assign(groups.robots.find((robot) => robot.id === id) ?? { id }, changes);

describe.each(ROBOTS)('a $kind robot', (robot) => {
  it('shows a message that is signed, sized and formed as its vendor documents it', async () => {
    expect(await tell(robot)).toEqual({ outcome: 'delivered' });
    const [shown, ...more] = groups.shown;
    expect(more).toEqual([]);
    expect(shown?.title).toContain('有事件被搁置');
    expect(shown?.text).toContain('影响：该事件的合并没有做。');
    expect(shown?.text).toContain("Rules[?State=='DISABLED'].Name");
    expect(groups.requests[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('gets as many lines as it takes, and is told how many are left out', async () => {
    const lines = Array.from(
      { length: 900 },
      (_, index) => `第 ${index} 行：有事件被搁置，先运行 npx merge-sync events "x"`,
    );
    expect(await tell(robot, { ...MESSAGE, lines })).toEqual({ outcome: 'delivered' });
    const [shown] = groups.shown;
    const kept = shown?.text.match(/第 \d+ 行/g)?.length ?? 0;
    expect(kept).toBeGreaterThan(30);
    expect(shown?.text).toContain(`还有 ${900 - kept} 行放不下`);
  });

  it('takes a single line that is longer than all it takes', async () => {
    expect(await tell(robot, { ...MESSAGE, lines: ['字'.repeat(50_000)] })).toEqual({ outcome: 'delivered' });
  });

  it('that left its group is a lasting refusal: its address is to be changed', async () => {
    groups.robots.splice(0);
    expect(await tell(robot)).toMatchObject({ outcome: 'lasting', advice: 'url' });
  });

  it('that takes no more messages for now is a passing one', async () => {
    const verdicts: Verdict[] = [];
    for (let count = 0; count < 120 && verdicts.at(-1)?.outcome !== 'passing'; count += 1)
      verdicts.push(await tell(robot));
    expect(verdicts.at(-1)).toMatchObject({ outcome: 'passing', advice: 'wait' });
    expect(verdicts.slice(0, -1)).toEqual(Array(verdicts.length - 1).fill({ outcome: 'delivered' }));
    clock.now += 11 * MINUTE;
    expect(await tell(robot)).toEqual({ outcome: 'delivered' });
  });

  it.each([
    ['HTTP 502', async () => new Response('<html>', { status: 502 }), 'passing', 'network'],
    ['HTTP 429', async () => new Response('', { status: 429 }), 'passing', 'wait'],
    ['HTTP 302', async () => new Response('', { status: 302, headers: { location: 'https://x' } }), 'lasting', 'url'],
    ['HTTP 404', async () => new Response('not found', { status: 404 }), 'lasting', 'url'],
    ['no code', async () => new Response('<html>a proxy</html>'), 'passing', 'network'],
    [
      'ECONNRESET',
      async () => Promise.reject(new TypeError(`fetch of ${robot.url} failed`, { cause: { code: 'ECONNRESET' } })),
      'passing',
      'network',
    ],
    ['TimeoutError', async () => Promise.reject(new DOMException('too slow', 'TimeoutError')), 'passing', 'network'],
  ] as const)('that answers with %s says no more than that', async (code, fetch, outcome, advice) => {
    const verdict = await deliver(robot, MESSAGE, 'en', { fetch, now: () => START });
    expect(verdict).toEqual({ outcome, code, advice });
  });

  it('promise 11: what is known of its answer has neither address nor secret nor the text of the vendor', async () => {
    groups.robots.splice(0);
    const text = JSON.stringify(await tell(robot));
    for (const hidden of [robot.url, SECRET, 'wecom-key-1', 'dingtalktoken1', 'feishu-hook-1', '192.0.2.1', 'hint'])
      expect(text).not.toContain(hidden);
  });
});

describe.each([DINGTALK, FEISHU])('the security settings of a $kind robot', (robot) => {
  const id = robot.kind === 'dingtalk' ? 'dingtalktoken1' : 'feishu-hook-1';

  it('another secret: the secret is to be changed', async () => {
    const { advice } = (await tell({ ...robot, secret: 'SECother' })) as { advice: keyof typeof ADVICE };
    expect(ADVICE[advice].en).toContain('`secret`');
    expect(groups.shown).toEqual([]);
  });

  it('no secret where one is wanted: the same', async () => {
    const { secret: _secret, ...unsigned } = robot;
    expect(await tell(unsigned)).toMatchObject({ outcome: 'lasting' });
  });

  it('no secret is needed where the group wants none', async () => {
    delete change(id, { keywords: ['告警'] }).secret;
    const { secret: _secret, ...unsigned } = robot;
    expect(await tell(unsigned)).toEqual({ outcome: 'delivered' });
  });

  it('a clock that is more than an hour off: the clock is to be looked at', async () => {
    const { advice } = (await tell(robot, MESSAGE, { skewMs: 61 * MINUTE })) as { advice: keyof typeof ADVICE };
    expect(ADVICE[advice].zh).toContain('时钟');
    expect(await tell(robot, MESSAGE, { skewMs: 59 * MINUTE })).toEqual({ outcome: 'delivered' });
  });

  it('a keyword is put into each message where it is set, and asked for where it is not', async () => {
    change(id, { keywords: ['merge-bot'] });
    expect(await tell(robot)).toMatchObject({ outcome: 'lasting', advice: 'keyword' });
    expect(await tell({ ...robot, keyword: 'merge-bot' })).toEqual({ outcome: 'delivered' });
  });

  it('a list of addresses that are allowed cannot work from Lambda: signing is advised', async () => {
    change(id, { isOtherIp: true });
    expect(await tell(robot)).toMatchObject({ outcome: 'lasting', advice: 'ip' });
  });
});

it('a robot that is switched off is to be switched on', async () => {
  change('dingtalktoken1', { isStopped: true });
  expect(await tell(DINGTALK)).toEqual({ outcome: 'lasting', code: '400102', advice: 'enable' });
});

it.each([
  ['keywords not in content', 'keyword'],
  ['关键词不匹配', 'keyword'],
  ['sign not match', 'secret'],
  ['机器人发送签名不匹配', 'secret'],
  ['invalid timestamp', 'clock'],
  ['机器人发送签名过期；签名生成时间和发送时间请保持在 timestampms 以内', 'clock'],
  ['ip 192.0.2.1 not in whitelist', 'ip'],
])('钉钉 has one code for its security settings; “%s” is about the %s', async (errmsg, advice) => {
  const fetch = async () => new Response(JSON.stringify({ errcode: 310000, errmsg }));
  expect(await deliver(DINGTALK, MESSAGE, 'zh', { fetch, now: () => START })).toEqual({
    outcome: 'lasting',
    code: '310000',
    advice,
  });
});
