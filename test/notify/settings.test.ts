import { ConfigError } from '../../lib/errors.ts';
import { readNotifySettings } from '../../lib/notify/settings.ts';

const WECOM = {
  kind: 'wecom',
  url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-0000-4bc4-97a0-0ec2sifa5aaa',
};
const DINGTALK = {
  kind: 'dingtalk',
  url: 'https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec',
  secret: 'SECabc',
};
const FEISHU = {
  kind: 'feishu',
  url: 'https://open.feishu.cn/open-apis/bot/v2/hook/11111111-2222-3333-4444-555555555555',
};
const read = (settings: object, region = 'us-east-1') => readNotifySettings(JSON.stringify(settings), region);

function problem(settings: object | string): ConfigError {
  try {
    readNotifySettings(typeof settings === 'string' ? settings : JSON.stringify(settings), 'us-east-1');
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('it was accepted');
}

describe('the settings of the robots', () => {
  it('take one robot of each kind, and give each a name where it has none', () => {
    const { robots } = read({ robots: [WECOM, { ...DINGTALK, name: '值班 群' }, FEISHU] });
    expect(robots.map(({ name }) => name)).toEqual(['wecom 1', '值班 群', 'feishu 3']);
  });

  it('speak Chinese in China and English elsewhere, unless they say otherwise', () => {
    const spoken = ({ language, timeZone }: ReturnType<typeof read>) => [language, timeZone];
    expect(spoken(read({ robots: [WECOM] }, 'cn-north-1'))).toEqual(['zh', 'Asia/Shanghai']);
    expect(spoken(read({ robots: [WECOM] }, 'ap-southeast-1'))).toEqual(['en', 'UTC']);
    expect(spoken(read({ robots: [WECOM], language: 'zh' }))).toEqual(['zh', 'Asia/Shanghai']);
    expect(spoken(read({ robots: [WECOM], timeZone: 'Asia/Singapore' }))).toEqual(['en', 'Asia/Singapore']);
  });

  it.each([
    [{ robots: [] }, 'robots: needs at least one robot'],
    [{ robots: Array(11).fill(WECOM) }, 'ten robots at most'],
    [{ robots: [{ ...WECOM, kind: 'wechat' }] }, 'robots.0.kind: expected "wecom" or "dingtalk" or "feishu"'],
    [{ robots: [{ ...DINGTALK, kind: 'wecom', secret: undefined }] }, 'robots.0.url: needs the whole Webhook address'],
    [{ robots: [{ ...FEISHU, url: 'https://evil.example/open-apis/bot/v2/hook/11111111' }] }, 'robots.0.url: needs'],
    [{ robots: [{ ...WECOM, secret: 'SECabc' }] }, 'unknown key robots.0.secret'],
    [
      {
        robots: [
          { ...WECOM, name: 'a' },
          { ...FEISHU, name: 'a' },
        ],
      },
      'another name for each robot',
    ],
    [
      { robots: [{ ...WECOM, name: '693a91f6-0000-4bc4-97a0-0ec2sifa5aaa' }] },
      'robots.0.name: needs at most 24 letters',
    ],
    [{ robots: [WECOM], timeZone: 'Beijing' }, 'timeZone: needs a time zone, as Asia/Shanghai'],
    [{ robots: [WECOM], languge: 'zh' }, 'unknown key languge, did you mean language'],
    [{}, 'robots is missing'],
  ])('%j is refused in words: %s', (settings, words) => {
    const { message, zh = '' } = problem(settings);
    expect(message).toContain(words);
    expect(zh).toMatch(/^群机器人配置（notify）：/);
    expect(zh.replaceAll(/[\w./-]*\/[\w./-]*/g, '')).not.toMatch(/\b(needs|unknown|missing|expected)\b/);
  });

  it('promise 11: no value is in the words, whatever is wrong', () => {
    const everything = [
      { robots: [{ ...WECOM, url: `${WECOM.url}&x=hidden` }] },
      { robots: [{ ...DINGTALK, secret: 'with a space hidden' }] },
      { robots: [{ ...WECOM, name: 'hidden'.repeat(9) }] },
      { robots: WECOM.url },
      { robots: [WECOM.url] },
      `{"robots":[{"kind":"wecom","url":"${WECOM.url}"hidden`,
    ];
    for (const settings of everything) {
      const { message, zh } = problem(settings);
      for (const text of [message, zh]) expect(text).not.toMatch(/hidden|693a91f6|566cc69/);
    }
  });
});
