/** Why a value could not be converted, as lib/mapping says it, in Chinese. */
export const MAPPING_PROBLEMS: Record<string, string> = {
  'is not a text': '不是文本',
  'is not an option': '不是选项',
  'has several options where the property takes one; use "as":"multi"':
    '有多个选项，而属性只接受一个；请用 "as":"multi"',
  'is not listed in options': '不在 options 之列',
  'is not a list of texts': '不是文本列表',
  'has an entry that is not listed in options': '有一项不在 options 之列',
  'has an entry that contains ";"': '有一项含有 ";"',
  'is not a number': '不是数字',
  'has more digits than a number can hold; map it as text': '位数超过数字能容纳的；请映射为文本',
  'is neither yes nor no': '既不是“是”也不是“否”',
  'is not a list of telephone numbers': '不是电话号码列表',
  'is not a pair of longitude and latitude': '不是一对经纬度',
  'is neither a text nor a number': '既不是文本也不是数字',
  'is a day that does not exist': '日期不存在',
  'is a time that does not exist': '时间不存在',
  'is no moment in time': '不是有效的时间',
  'has no year': '没有年份',
  'is outside the years 1800 to 2200': '不在 1800 至 2200 年之间',
  'is in no known form of a date': '日期格式无法识别',
};
