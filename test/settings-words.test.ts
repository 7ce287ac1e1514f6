import { readFileSync } from 'node:fs';
import path from 'node:path';
import { IntakeSettingsSchema, readJson, readSettings } from '../lib/config.ts';
import { TenantCrmSchema } from '../lib/crm/registry.ts';
import { ConfigError } from '../lib/errors.ts';
import { chineseOf } from '../lib/settings-words.ts';
import { readSourceTree } from './structure/source-tree.ts';

/** What the schemas of settings say themselves: every text of theirs that begins with "needs" or "must". */
const schemas = Object.keys(readSourceTree()).filter((file) =>
  /^lib\/(config|crm\/(\w+\/)?(settings|oauth|setting-fields))\.ts$/.test(file),
);
const said = schemas.flatMap((file) =>
  [...readFileSync(path.join(__dirname, '..', file), 'utf8').matchAll(/'((?:needs|must) [^'\n]+)'/g)].map(
    ([, text = '']) => text,
  ),
);

it('the texts of the schemas are found', () => {
  expect(said.length).toBeGreaterThan(7);
});

it.each([...new Set(said)])('has Chinese for “%s”', (text) => {
  expect(chineseOf(text)).toMatch(/\p{Script=Han}/u);
  expect(chineseOf(text)).not.toBe(text);
});

function inChinese(read: () => unknown): string | undefined {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.zh;
  }
  return undefined;
}

describe('what is wrong with settings, in Chinese', () => {
  const HTTP = { kind: 'http', endpoint: 'https://crm.example/merges', secret: 'whsec_x' };
  const crm = (settings: unknown) => inChinese(() => readSettings(TenantCrmSchema, 'crm settings', settings));

  it.each([
    [crm({ crm: HTTP, maping: {} }), 'CRM 配置（crm）：没有 maping 这一项，是否应为 mapping'],
    [crm({ crm: HTTP, webhooks: 1 }), 'CRM 配置（crm）：没有 webhooks 这一项（可用：crm、policy、mapping）'],
    [crm({}), 'CRM 配置（crm）：缺少 crm'],
    [crm({ crm: HTTP, policy: 5 }), 'CRM 配置（crm）：policy：应为对象'],
    [
      inChinese(() => readSettings(IntakeSettingsSchema, 'door settings', { keys: [], receiveIds: [] })),
      '接收配置（door）：keys：不能为空；receiveIds：至少需要一个 receiveId；不限则写 "*"',
    ],
    [inChinese(() => readJson('crm settings', '')), 'CRM 配置（crm）：内容为空'],
  ])('%s', (found, expected) => {
    expect(found).toBe(expected);
  });

  it('broken JSON: the place, not the text', () => {
    expect(inChinese(() => readJson('door settings', '{\n  "a": secret\n}'))).toMatch(
      /^接收配置（door）：不是有效的 JSON(（第 2 行，第 \d+ 个字符）)?$/,
    );
  });
});
