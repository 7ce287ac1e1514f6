import type { Cost } from './price-list.ts';
import type { Month } from './usage.ts';

export interface Priced {
  /** Of the price list. */
  day: string;
  region: string;
  currency: string;
  month: Month;
  costs: Cost[];
}

const CHINESE: Record<string, string> = {
  'API Gateway, requests': 'API Gateway 请求',
  'Lambda, requests': 'Lambda 请求',
  'Lambda, GB-seconds': 'Lambda GB-秒',
  'DynamoDB, written units': 'DynamoDB 写入单位',
  'DynamoDB, read units': 'DynamoDB 读取单位',
  'DynamoDB, stored, a month': 'DynamoDB 存储（每月）',
  'DynamoDB, backup, a month': 'DynamoDB 备份（每月）',
  'SQS, requests': 'SQS 请求',
  'SQS, fair queues': 'SQS 公平队列',
  'CloudWatch, logs': 'CloudWatch 日志',
  'CloudWatch, metrics': 'CloudWatch 指标',
  'CloudWatch, alarms': 'CloudWatch 告警',
  'KMS, for SSM parameters': 'KMS（SSM 参数）',
};

/** For a terminal of 80 columns. Pure. */
export function asTable(priced: Priced, language: 'en' | 'zh'): string {
  const words = language === 'zh' ? inChinese(priced) : inEnglish(priced);
  const known = priced.costs.flatMap(({ cost }) => cost ?? []);
  const sum = known.reduce((a, b) => a + b, 0);
  const rows = priced.costs.map(({ what, cost, quantity }) => {
    const name = language === 'zh' ? (CHINESE[what] ?? what) : what;
    return `${padded(name, 32)}${amount(quantity).padStart(14)}${(cost === undefined ? words.unknown : cost.toFixed(2)).padStart(12)}`;
  });
  const unknown = priced.costs.length - known.length;
  const total = `${padded(words.sum, 46)}${sum.toFixed(2).padStart(12)} ${priced.currency}`;
  return [words.title, '', ...rows, total, ...(unknown > 0 ? ['', words.incomplete(unknown)] : [])].join('\n');
}

const inEnglish = ({ day, region, month }: Priced) => ({
  title: `${amount(month.events)} events a month with ${month.losers} losers each, ${month.crm}, ${region}; prices of ${day}`,
  unknown: 'no price',
  sum: 'sum of what has a price',
  incomplete: (count: number) =>
    `${count} lines have no price: it was not found. The sum is too low by them; infra/cost/prices.json names the page.`,
});

const inChinese = ({ day, region, month }: Priced) => ({
  title: `每月 ${amount(month.events)} 个事件，每个 ${month.losers} 个被合并联系人，${month.crm}，${region}；价格日期 ${day}`,
  unknown: '未知',
  sum: '有价格的各项合计',
  incomplete: (count: number) => `${count} 项没有查到价格，合计因此偏低；应查的页面见 infra/cost/prices.json。`,
});

const amount = (quantity: number) => quantity.toLocaleString('en-US', { maximumFractionDigits: 3 });

/** A Chinese character is two columns wide. */
function padded(name: string, columns: number): string {
  const width = [...name].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0);
  return name + ' '.repeat(Math.max(0, columns - width));
}
