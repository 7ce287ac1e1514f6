import { fieldLabel } from '../../lib/dustess/field-labels.ts';

/** The table of a contact's details, as https://open.dustess.com/doc-5158583 has it. */
const PAGE = `
remark | 备注
gender | 性别 0-未知 1-男性 2-女性
birthday | 生日
age | 年龄
national | 国籍
position | 职位
provCity | 省市区(县)
address | 地址
coordinate | 经纬度
nationality | 国籍
education | 教育
idCard | 身份证
weChat | 微信
major | 专业
categoryID | 联系人类型id
avatar | 外部联系人头像
mobiles | 电话号码
tags | 企业标签id集合
ruleTags | 规则标签id集合
bizTags | 联系人标签id集合
sourceCode | 来源id
description | 描述
mobileList | 手机号信息`;

describe('what a contact’s field is called in Chinese', () => {
  it.each(
    PAGE.trim()
      .split('\n')
      .map((line) => line.split(' | ')),
  )('%s: the sender’s own words, or their core', (key, words) => {
    const label = fieldLabel(key ?? '');
    expect(label).not.toBe('');
    expect(words).toContain(label);
  });

  it('an email address and a field of the company’s own have names too', () => {
    expect(fieldLabel('email')).toMatch(/\p{Script=Han}/u);
    expect(fieldLabel('customFields.field10')).toBe('自定义字段');
  });

  it('a field that the page does not know has none, whatever it is called', () => {
    for (const key of ['shoeSize', 'my.customFields.', 'constructor', '']) expect(fieldLabel(key)).toBe('');
  });
});
