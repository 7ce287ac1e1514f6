import { CUSTOM_PREFIX, type Field } from '../event.ts';
import type { Json } from '../json.ts';
import type { Entry } from './entries.ts';
import type { Conversion } from './known-fields.ts';

// An invented person: the numbers and names are made up.
const SAMPLE: { [key: string]: Json } = {
  remark: '样例客户',
  gender: 2,
  birthday: '1990-01-02',
  email: 'sample@example.com',
  age: 33,
  national: '中国',
  position: '采购经理',
  provCity: '浙江省/杭州市/西湖区',
  address: '文三路 1 号',
  coordinate: [120.13, 30.27],
  qq: '10000',
  nationality: '汉族',
  education: '本科',
  weChat: 'wx_sample',
  source: '展会',
  major: '会计',
  categoryID: '11111111-2222-3333-4444-555555555555',
  avatar: 'https://example.com/avatar.png',
  mobiles: ['13000000000', '13000000001'],
  unionID: 'union-sample',
  externalUserID: 'external-sample',
  tags: ['tag-1', 'tag-2'],
  ruleTags: ['rule-1'],
  bizTags: ['biz-1'],
  sourceCode: '00101f',
  description: '样例描述',
  mobileList: [{ tel: '13000000000', type: 'mobile', display: '手机' }],
};

const CUSTOM: { [C in Conversion]: { type: string; value: Json } } = {
  text: { type: 'text', value: '样例文字' },
  option: { type: 'radio', value: '选项一' },
  multi: { type: 'checkbox', value: ['选项一', '选项二'] },
  number: { type: 'number', value: 12.5 },
  boolean: { type: 'radio', value: '是' },
  date: { type: 'date', value: '2023-06-07' },
  datetime: { type: 'datetime', value: '2023-06-07 11:09:27' },
  phones: { type: 'text', value: ['13000000000'] },
  coordinate: { type: 'text', value: [120.13, 30.27] },
};

/** Every documented field with a value, and one for each custom field that the mapping names. */
export function sampleFields(entries: Entry[]): Field[] {
  const known = Object.entries(SAMPLE).map(([key, value]) => sampleField(key, value));
  const custom = entries.filter(({ key }) => key.startsWith(CUSTOM_PREFIX)).map(customSample);
  return [...known, ...custom];
}

const sampleField = (key: string, value: Json, type?: string): Field => ({
  key,
  value,
  cleared: false,
  wire: value,
  ...(type !== undefined && { type }),
});

function customSample({ key, as, options }: Entry): Field {
  const { type, value } = CUSTOM[as ?? (options ? 'option' : 'text')];
  const [firstOption] = Object.keys(options ?? {});
  if (firstOption === undefined) return sampleField(key, value, type);
  return sampleField(key, as === 'multi' ? [firstOption] : firstOption, type);
}
