import { ConfigError, StoreError } from '../../lib/errors.ts';
import type { EventRecord } from '../../lib/ledger/event-record.ts';
import { createEventLedger } from '../../lib/ledger/ledger.ts';
import { createLog } from '../../lib/log.ts';
import WORDS from '../../lib/notify/alarm-words.json';
import { type NotifyDeps, notify } from '../../lib/notify/notify.ts';
import type { NotifySettings } from '../../lib/notify/settings.ts';
import { writeRecord } from '../ledger/raw-records.ts';
import { type RobotsLookalike, startRobots } from '../lookalikes/robots/robots.ts';
import { asPort, createMemoryDocuments } from '../simulation/memory-documents.ts';

const START = Date.UTC(2026, 10, 27, 1, 7); // 09:07 in Shanghai.
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SECRET = 'SECnotShown';
const SETTINGS: NotifySettings = {
  robots: [
    { kind: 'wecom', name: 'ops', url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=wecom-key-1' },
    {
      kind: 'dingtalk',
      name: 'duty',
      url: 'https://oapi.dingtalk.com/robot/send?access_token=dingtalktoken1',
      secret: SECRET,
    },
    {
      kind: 'feishu',
      name: 'night',
      url: 'https://open.feishu.cn/open-apis/bot/v2/hook/feishu-hook-1',
      secret: SECRET,
    },
  ],
  language: 'zh',
  timeZone: 'Asia/Shanghai',
  digest: true,
};

let groups: RobotsLookalike;
const clock = { now: START };
beforeEach(async () => {
  clock.now = START;
  groups = await startRobots(
    [{ id: 'wecom-key-1' }, { id: 'dingtalktoken1', secret: SECRET }, { id: 'feishu-hook-1', secret: SECRET }],
    () => clock.now,
  );
});
afterEach(() => groups.close());

function open(changes: Partial<NotifyDeps> = {}, settings: Partial<NotifySettings> = {}) {
  const events = asPort(createMemoryDocuments(() => clock.now));
  const lines: string[] = [];
  const deps: NotifyDeps = {
    settings: async () => ({ ...SETTINGS, ...settings }),
    ledger: (tenant) => createEventLedger(events, tenant),
    tenants: async () => ['main', 'outlet'],
    prefix: 'merge-sync-prod',
    log: createLog(
      (line) => lines.push(line),
      () => clock.now,
    ),
    fetch: groups.fetch,
    now: () => clock.now,
    delivered: new Set(),
    ...changes,
  };
  const logged = () => lines.map((line) => JSON.parse(line));
  return { events, deps, lines, logged };
}

const DESCRIPTION =
  'Impact: An event was parked. Nothing was changed in the CRM. Likely cause: Doing it would have been a guess. First command: ' +
  'npx merge-sync events --prefix merge-sync-prod --tenant TENANT. Then: Replay the event when the cause is gone.';
const alarm = (name: string, state = 'ALARM', at = '2026-11-27T01:05:30.123+0000', more = {}) => ({
  id: `${name} ${state} ${at}`,
  body: JSON.stringify({
    AlarmName: `merge-sync-prod-${name}`,
    AlarmDescription: DESCRIPTION,
    AWSAccountId: '000000000000',
    NewStateValue: state,
    OldStateValue: state === 'OK' ? 'ALARM' : 'OK',
    NewStateReason: 'Threshold Crossed: 1 datapoint [3.0] was greater than or equal to the threshold (1.0).',
    StateChangeTime: at,
    Region: 'China (Beijing)',
    ...more,
  }),
});
const tick = (time = '2026-11-27T01:07:00Z') => ({
  id: `tick ${time}`,
  body: JSON.stringify({ 'detail-type': 'Scheduled Event', source: 'aws.events', time }),
});

describe('an alarm', () => {
  it('is told to every group: what happened, since when, why, and the first command', async () => {
    const { deps } = open();
    expect(await notify([alarm('parked')], deps)).toEqual([]);
    expect(groups.shown.map(({ robot }) => robot).sort()).toEqual(['dingtalktoken1', 'feishu-hook-1', 'wecom-key-1']);
    for (const { title, text } of groups.shown) {
      expect(title).toContain('[告警] 有事件被搁置');
      expect(text).toContain('merge-sync-prod-parked, 自 2026-11-27 09:05 (Asia/Shanghai)');
      expect(text).toContain('影响：该事件的合并没有做。');
      expect(text).toContain('可能原因：');
      expect(text).toContain('npx merge-sync events --prefix merge-sync-prod --tenant TENANT');
    }
  });

  it.each(Object.keys(WORDS))('%s: its commands name this deployment', async (name) => {
    const { deps } = open();
    await notify([alarm(name)], deps);
    for (const { text } of groups.shown) expect(text).not.toContain('PREFIX');
    const typed = groups.shown.flatMap(({ text }) => text.match(/--prefix \S+|\/aws\/lambda\/\S+/g) ?? []);
    expect(typed.filter((one) => !one.includes('merge-sync-prod'))).toEqual([]);
  });

  it('is told in English where the settings say so', async () => {
    const { deps } = open({}, { language: 'en', timeZone: 'UTC' });
    await notify([alarm('parked')], deps);
    expect(groups.shown[0]?.title).toContain('[ALARM] An event was parked');
    expect(groups.shown[0]?.text).toContain('since 2026-11-27 01:05 (UTC)');
    expect(groups.shown[0]?.text).toContain('Impact: An event was parked. Nothing was changed in the CRM.');
    expect(groups.shown[0]?.text).toContain('Then: Replay the event when the cause is gone.');
    for (const { title, text } of groups.shown) expect(`${title}${text}`).not.toMatch(/\p{Script=Han}/u);
  });

  it('that is over is told, too: what was parked meanwhile still waits', async () => {
    const { deps } = open();
    await notify([alarm('parked', 'OK')], deps);
    await notify([alarm('slow-answers', 'OK')], deps);
    const told = groups.shown.filter(({ robot }) => robot === 'wecom-key-1');
    expect(told[0]?.title).toContain('[恢复] 有事件被搁置');
    expect(told[0]?.text).toContain('之前的仍待处理，先运行：\n`npx merge-sync events');
    expect(told[1]?.text).not.toContain('npx');
  });

  it('of another service on the same topic is told as its description says', async () => {
    const { deps } = open();
    await notify(
      [alarm('x', 'ALARM', undefined, { AlarmName: 'disk-full', AlarmDescription: 'The disk is full.' })],
      deps,
    );
    expect(groups.shown[0]?.title).toContain('disk-full');
    expect(groups.shown[0]?.text).toContain('The disk is full.');
  });

  it('about the robots themselves is told to none: it would ring for ever', async () => {
    const { deps, logged } = open();
    expect(await notify([alarm('notify-refused'), alarm('notify-backlog')], deps)).toEqual([]);
    expect(groups.requests).toEqual([]);
    expect(logged().map(({ alarm: name }) => name)).toEqual(['notify-refused', 'notify-backlog']);
  });

  it('in a form that is not known is left out, and the others are told', async () => {
    const { deps, logged } = open();
    expect(await notify([{ id: 'odd', body: 'hello' }, { id: 'none', body: '{}' }, alarm('held')], deps)).toEqual([]);
    expect(groups.shown).toHaveLength(3);
    expect(logged().filter(({ level }) => level === 'warn')).toHaveLength(2);
  });
});

describe('many alarms at once', () => {
  const NAMES = [
    'parked',
    'held',
    'crm-auth',
    'config',
    'refused',
    'stuck',
    'callback-5xx',
    'apply-errors',
    'slow-answers',
  ];

  it('are one message for each group, those that ring first, each with its command', async () => {
    const { deps } = open();
    const many = [alarm('dead-letters', 'OK'), ...NAMES.map((name) => alarm(name))];
    expect(await notify(many, deps)).toEqual([]);
    expect(groups.shown).toHaveLength(3);
    for (const { title, text } of groups.shown) {
      expect(title).toContain('[告警 9, 恢复 1] merge-sync-prod');
      expect(text.indexOf('(dead-letters)')).toBeGreaterThan(text.indexOf('(slow-answers)'));
      for (const name of NAMES) expect(text).toContain(`(${name})`);
      expect(text.match(/npx merge-sync events/g)).toHaveLength(9);
    }
  });

  it('of the same name are told as the last one left it', async () => {
    const { deps } = open();
    await notify(
      [alarm('held', 'OK', '2026-11-27T01:06:00.000+0000'), alarm('held', 'ALARM', '2026-11-27T01:05:00.000+0000')],
      deps,
    );
    expect(groups.shown.every(({ title }) => title.includes('[恢复]'))).toBe(true);
  });

  it('by the hundred fit into what each robot takes', async () => {
    const { deps } = open();
    const many = Array.from({ length: 100 }, (_, index) => alarm(`own-alarm-of-a-colleague-${index}`));
    expect(await notify(many, deps)).toEqual([]);
    expect(groups.shown).toHaveLength(3);
  });
});

describe('a robot that does not take a message', () => {
  it('for now: the message comes again, and groups that have had it are not told twice', async () => {
    let isDown = true;
    const { deps, logged } = open({
      fetch: async (url, init) =>
        isDown && url.includes('dingtalk') ? new Response('', { status: 503 }) : groups.fetch(url, init),
    });
    const item = alarm('parked');
    expect(await notify([item], deps)).toEqual([item.id]);
    expect(logged()).toContainEqual(expect.objectContaining({ level: 'warn', robot: 'duty', code: 'HTTP 503' }));
    isDown = false;
    expect(await notify([item], deps)).toEqual([]);
    expect(groups.shown.map(({ robot }) => robot).sort()).toEqual(['dingtalktoken1', 'feishu-hook-1', 'wecom-key-1']);
  });

  it('for good: it is counted, the message does not come again, and the others are told', async () => {
    const { deps, logged } = open();
    groups.robots.shift();
    expect(await notify([alarm('parked')], deps)).toEqual([]);
    expect(groups.shown).toHaveLength(2);
    expect(logged()).toContainEqual(
      expect.objectContaining({ level: 'error', robot: 'ops', code: '93000', advice: 'url', metric: 'notify-refused' }),
    );
  });

  it('promise 11: its address and secret are in no line of the log, whatever happens', async () => {
    const { deps, lines } = open({
      fetch: async (url) =>
        Promise.reject(new TypeError(`fetch failed: ${url}`, { cause: { code: 'ENOTFOUND', hostname: url } })),
    });
    await notify([alarm('parked'), tick()], deps);
    groups.robots.splice(0);
    await notify([alarm('held')], { ...deps, fetch: groups.fetch });
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line).not.toMatch(/wecom-key|dingtalktoken|feishu-hook|SECnotShown|https:/);
  });
});

describe('settings', () => {
  it('that cannot be used are counted, and nothing is lost: the messages come again', async () => {
    const settings = async () => Promise.reject(new ConfigError('notify settings: robots is missing'));
    const { deps, logged } = open({ settings });
    const item = alarm('parked');
    expect(await notify([item], deps)).toEqual([item.id]);
    expect(logged()[0]).toMatchObject({ problem: 'notify settings: robots is missing', metric: 'notify-refused' });
  });

  it('that SSM does not give now count for nothing: the messages come again', async () => {
    const { deps, logged } = open({ settings: async () => Promise.reject(new StoreError('SSM: throttled')) });
    const item = alarm('parked');
    expect(await notify([item], deps)).toEqual([item.id]);
    expect(logged()[0].metric).toBeUndefined();
  });
});

describe('the daily digest', () => {
  const facts = { kind: 'merge', name: '', digest: '', plan: 1, updatedAt: 1 } as const;
  const YESTERDAY = START - 12 * HOUR;
  const put = (events: Parameters<typeof writeRecord>[0], tenant: string, record: Partial<EventRecord>) =>
    writeRecord(events, tenant, { ...facts, ...record } as EventRecord, { expected: 0, dueAt: START });

  async function day(settings: Partial<NotifySettings> = {}) {
    const opened = open({}, settings);
    const { events } = opened;
    await put(events, 'main', { eventId: 'e1', state: 'applied', receivedAt: YESTERDAY });
    await put(events, 'main', { eventId: 'e2', state: 'applied', receivedAt: YESTERDAY });
    await put(events, 'main', { eventId: 'e3', state: 'applied', receivedAt: START - 2 * DAY });
    await put(events, 'main', { eventId: 'today', state: 'applied', receivedAt: START - HOUR });
    await put(events, 'main', { eventId: 'e4', state: 'ignored', reason: 'not-a-merge', receivedAt: YESTERDAY });
    await put(events, 'main', { eventId: 'e5', state: 'stored', receivedAt: YESTERDAY });
    await put(events, 'outlet', {
      eventId: 'p1',
      state: 'parked',
      reason: 'crm-refused:400',
      receivedAt: START - 3 * DAY,
    });
    await put(events, 'outlet', { eventId: 'p2', state: 'parked', reason: 'crm-refused:400', receivedAt: YESTERDAY });
    await put(events, 'outlet', { eventId: 'p3', state: 'parked', reason: 'cycle', receivedAt: START - 5 * HOUR });
    expect(await notify([tick()], opened.deps)).toEqual([]);
    return opened;
  }

  it('says what came yesterday, what waits for which reason and for how long, and what to do first', async () => {
    await day();
    expect(groups.shown).toHaveLength(3);
    const [{ title, text } = { title: '', text: '' }] = groups.shown.filter(({ robot }) => robot === 'wecom-key-1');
    expect(title).toContain('[日报] merge-sync-prod 2026-11-26');
    expect(text.split('\n')).toEqual([
      '**outlet**',
      '收到：已搁置 1。现在处理中：0。',
      '- 已搁置 crm-refused：2 个，最早的已 3 天',
      '- 已搁置 cycle：1 个，最早的已 5 小时',
      '先做：更正记录、映射或权限，然后 `replay`。',
      '`npx merge-sync events --reason crm-refused --prefix merge-sync-prod --tenant outlet`',
      '**main**',
      '收到：已合并 2，已忽略（不是合并） 1。现在处理中：1。',
      '没有等待决定的事件。',
    ]);
  });

  it('says the same in English', async () => {
    await day({ language: 'en' });
    const [{ text } = { text: '' }] = groups.shown.filter(({ robot }) => robot === 'wecom-key-1');
    expect(text.split('\n').slice(0, 4)).toEqual([
      '**outlet**',
      'Came in: parked 1. On their way now: 0.',
      '- parked crm-refused: 2, the oldest for 3 days',
      '- parked cycle: 1, the oldest for 5 h',
    ]);
    expect(text).not.toMatch(/\p{Script=Han}/u);
  });

  it('promise 11: has neither an event’s nor a contact’s id in it', async () => {
    await day();
    for (const { text } of groups.shown) expect(text).not.toMatch(/\b[ep]\d\b|today/);
  });

  it('promise 11: has no text from outside in it: no id, no code of a CRM, no name of a field', async () => {
    const { deps, events } = open();
    const texts = ['@all', '<@all>', '[click](https://evil.example)', '**bold**', '13800138000', 'ZhangWei', '张三'];
    const names = ['crm-refused', 'crm-contradiction', 'crm-auth', 'unreadable', 'gave-up:crm-retry-soon'];
    for (const [index, text] of texts.entries())
      for (const name of names)
        await put(events, 'main', {
          eventId: `${text}-${name}`,
          state: 'parked',
          reason: `${name}:${text}` as never,
          missing: [text],
          receivedAt: START - (index + 1) * DAY,
        });
    expect(await notify([tick()], deps)).toEqual([]);
    expect(groups.shown).toHaveLength(3);
    for (const { text, title } of groups.shown) {
      expect(texts.filter((one) => `${title}${text}`.includes(one))).toEqual([]);
      expect(text).toContain('- 已搁置 crm-refused：7 个，最早的已 7 天');
      expect(text).toContain('- 已搁置 gave-up：7 个');
    }
  });

  it('is not sent where the settings say so', async () => {
    const { deps } = open({}, { digest: false });
    expect(await notify([tick()], deps)).toEqual([]);
    expect(groups.requests).toEqual([]);
  });

  it('comes again where the table cannot be read, and alarms are told meanwhile', async () => {
    const { deps } = open({
      ledger: (tenant) => {
        const ledger = createEventLedger(asPort(createMemoryDocuments(() => clock.now)), tenant);
        return { ...ledger, events: { ...ledger.events, listed: () => Promise.reject(new StoreError('throttled')) } };
      },
    });
    expect(await notify([tick(), alarm('held')], deps)).toEqual([tick().id]);
    expect(groups.shown).toHaveLength(3);
  });

  it('of 150 tenants fits into what each robot takes, those with work first', async () => {
    const tenants = Array.from({ length: 150 }, (_, index) => `tenant-${index}`);
    const { deps, events } = open({ tenants: async () => tenants });
    await put(events, 'tenant-149', { eventId: 'p1', state: 'parked', reason: 'cycle', receivedAt: YESTERDAY });
    expect(await notify([tick()], deps)).toEqual([]);
    for (const { text } of groups.shown) expect(text.match(/tenant-\d+/)?.[0]).toBe('tenant-149');
    expect(groups.shown).toHaveLength(3);
  });
});
