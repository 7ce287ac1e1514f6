import { type RobotsLookalike, startRobots } from '../lookalikes/robots/robots.ts';
import { run } from './console.ts';

const SECRET = 'SECnotShown';
const SETTINGS = {
  robots: [
    { kind: 'wecom', name: 'ops', url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=wecom-key-1' },
    { kind: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send?access_token=dingtalktoken1', secret: SECRET },
    { kind: 'feishu', name: '值班', url: 'https://open.feishu.cn/open-apis/bot/v2/hook/feishu-hook-1', secret: SECRET },
  ],
};
const CHINESE = { LANG: 'zh_CN.UTF-8' };

let groups: RobotsLookalike;
beforeEach(async () => {
  groups = await startRobots([
    { id: 'wecom-key-1' },
    { id: 'dingtalktoken1', secret: SECRET },
    { id: 'feishu-hook-1', secret: SECRET },
  ]);
});
afterEach(() => groups.close());

const notify = (args: string[], env = {}, settings: object = SETTINGS) =>
  run(['notify', '--settings', '-', ...args], {
    stdin: JSON.stringify(settings),
    env,
    fetch: groups.fetch,
    now: Date.now,
  });

describe('merge-sync notify', () => {
  it('shows the robots and sends nothing', async () => {
    const { code, out } = await notify([]);
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 3)).toEqual(['ops  WeCom', 'dingtalk 2  DingTalk', '值班  Feishu']);
    expect(out).toContain('messages in en, times in UTC, with a daily digest');
    expect(groups.requests).toEqual([]);
  });

  it('--test sends each group a message and says what each answered', async () => {
    const { code, out } = await notify(['--test']);
    expect(out.split('\n')).toEqual([
      'ok     ops (WeCom): the group has the message',
      'ok     dingtalk 2 (DingTalk): the group has the message',
      'ok     值班 (Feishu): the group has the message',
    ]);
    expect(code).toBe(0);
    expect(groups.shown.map(({ title }) => title.includes('[Test] merge-sync'))).toEqual([true, true, true]);
  });

  it('--test says in Chinese which thing to change, and exits with 1', async () => {
    groups.robots.splice(0, 2, { id: 'dingtalktoken1', secret: 'another' });
    const { code, out, err } = await notify(['--test'], CHINESE, { ...SETTINGS, language: 'zh' });
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      '有误  ops (企业微信)：93000，没有这个机器人：从群设置里重新复制 Webhook 地址到 `url`，或在群里新建一个机器人',
      '有误  dingtalk 2 (钉钉)：310000，签名不匹配：把机器人安全设置里的密钥复制到 `secret`',
      '正常  值班 (飞书)：群里已收到消息',
    ]);
    expect(err).toContain('3 个机器人中有 2 个没有收下消息');
    expect(groups.shown[0]?.title).toContain('[测试]');
  });

  it('--test tells a refusal that passes by itself from one that lasts', async () => {
    for (let count = 0; count < 20; count += 1) await notify(['--test']);
    const { code, out } = await notify(['--test', '--json']);
    expect(JSON.parse(out)).toEqual([
      { robot: 'ops', kind: 'wecom', outcome: 'passing', code: '45009', advice: 'wait' },
      { robot: 'dingtalk 2', kind: 'dingtalk', outcome: 'passing', code: '410100', advice: 'wait' },
      expect.objectContaining({ robot: '值班', kind: 'feishu' }),
    ]);
    expect(code).toBe(1);
  });

  it('promise 11: shows neither an address nor a secret, whatever goes wrong', async () => {
    const fetch = async (url: string) => Promise.reject(new TypeError(`fetch failed: ${url}`));
    const stdin = JSON.stringify(SETTINGS);
    const bad = JSON.stringify({
      robots: [{ ...SETTINGS.robots[1], url: 'https://oapi.dingtalk.com/x?access_token=dingtalktoken1' }],
    });
    const ran = [
      await run(['notify', '--settings', '-', '--test'], { stdin, fetch }),
      await run(['notify', '--settings', '-', '--test', '--json'], { stdin, fetch }),
      await run(['notify', '--settings', '-'], { stdin: bad }),
      await run(['notify', '--settings', '-'], { stdin: `${bad}x` }),
    ];
    expect(ran.map(({ code }) => code)).toEqual([1, 1, 2, 2]);
    for (const { out, err } of ran)
      expect(`${out}${err}`).not.toMatch(/wecom-key|dingtalktoken|feishu-hook|SECnotShown/);
  });

  it('without anything to read it says what to give', async () => {
    const { code, err } = await run(['notify', '--test'], { env: {} });
    expect(code).toBe(2);
    expect(err).toContain('--prefix merge-sync-prod, or a file with --settings');
  });
});
