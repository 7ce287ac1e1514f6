/** The sender's own words for a contact's fields (the table on its page of the merge event). */
const LABELS: Record<string, string> = {
  remark: '备注',
  gender: '性别',
  birthday: '生日',
  age: '年龄',
  national: '国籍',
  position: '职位',
  provCity: '省市区',
  address: '地址',
  coordinate: '经纬度',
  email: '邮箱',
  nationality: '国籍',
  education: '教育',
  idCard: '身份证',
  weChat: '微信',
  major: '专业',
  categoryID: '联系人类型',
  avatar: '头像',
  mobiles: '电话号码',
  mobileList: '手机号信息',
  tags: '企业标签',
  ruleTags: '规则标签',
  bizTags: '联系人标签',
  sourceCode: '来源',
  description: '描述',
};

/** @returns an empty text for a field without one. */
export function fieldLabel(key: string): string {
  if (key.startsWith('customFields.')) return '自定义字段';
  return Object.hasOwn(LABELS, key) ? (LABELS[key] ?? '') : '';
}
