/** Chinese for what our schemas say of a value themselves, and for what holds the settings. */
const CHINESE: Record<string, string> = {
  'crm settings': 'CRM 配置（crm）',
  'door settings': '接收配置（door）',
  'notify settings': '群机器人配置（notify）',
  'needs `secret` or `sources`: plain text is not signed': '需要 `secret` 或 `sources`：明文没有签名',
  'needs the 43 characters of the 尘锋 form': '应为尘锋表单中的 43 个字符',
  'needs at least one receiveId, or "*" to accept any': '至少需要一个 receiveId；不限则写 "*"',
  'needs at least one key, or leave it out': '至少需要一个键；不需要则删去这一项',
  'needs a time such as 2026-12-31T00:00:00Z': '应为时间，例如 2026-12-31T00:00:00Z',
  'needs one pair without `until`': '至少需要一对没有 `until` 的密钥',
  'needs a whole number': '应为整数',
  'must not begin or end with a blank or a line end': '首尾不能有空格或换行',
  'needs single addresses such as 192.0.2.7, no ranges and no names': '应为单个地址，例如 192.0.2.7，不支持网段和域名',
  'needs 24 to 128 characters of A-Z, a-z, 0-9, - and _': '应为 24 到 128 个字符，只能用 A-Z、a-z、0-9、- 和 _',
  'needs two capital letters, as CN': '需要两个大写字母，例如 CN',
  'needs at least one account, or leave it out': '至少需要一个账号；不需要则删去这一项',
  'needs `token`, or `clientId` with `clientSecret`, or `clientId` with `username` and `privateKey`':
    '需要 `token`，或 `clientId` 加 `clientSecret`，或 `clientId` 加 `username` 和 `privateKey`',
  'must be a version such as "2026-09"': '应为版本号，例如 "2026-09"',
  'must be a version such as "62.0"': '应为版本号，例如 "62.0"',
  'must be "all" or a list of names': '应为 "all" 或名称列表',
  'must be "all" or a list of field names': '应为 "all" 或字段名列表',
  'must be a kind of objects such as "deals"': '应为对象类型，例如 "deals"',
  'must be the API name of a field of Contact': '应为 Contact 字段的 API 名称',
  'must be the logical name of a column: lower case': '应为列的逻辑名称，全部小写',
  'must be a field’s API key: 40 characters of 0-9 and a-f': '应为字段的 API 键：40 个字符，只有 0-9 和 a-f',
  'must be the directory’s id or one of its domains': '应为目录（租户）ID 或其域名',
  'needs at most 24 letters, digits, spaces, - and _': '最多 24 个字母、汉字、数字、空格、- 和 _',
  'needs the secret as the robot shows it': '应为机器人页面显示的密钥原文',
  'needs the whole Webhook address, as the group shows it for this kind of robot':
    '应为群设置里这种机器人的完整 Webhook 地址',
  'needs at least one robot': '至少需要一个机器人',
  'needs ten robots at most': '最多十个机器人',
  'needs another name for each robot': '机器人的名称不能重复',
  'needs a time zone, as Asia/Shanghai': '应为时区名称，例如 Asia/Shanghai',
  'must not contain spaces, line breaks or other letters than ASCII': '不能有空格、换行或 ASCII 以外的字符',
};

/** @returns the text as it is where it has no Chinese: a name, a file. */
export function chineseOf(english: string): string {
  const [, what = '', tenant] = /^(.*) of tenant (\S+)$/.exec(english) ?? [];
  if (tenant !== undefined && CHINESE[what] !== undefined) return `租户 ${tenant} 的 ${CHINESE[what]}`;
  return CHINESE[english] ?? english;
}
