import type { RefusalReason } from '../errors.ts';
import { EVENT_STATES, type EventState } from '../ledger/event-states.ts';
import { REASONS } from '../ledger/reason-table.ts';
import type { Refusal } from './guard-server.ts';

/** Chinese for each message that the functions and the embedded stack log. */
export const MESSAGES: Record<string, string> = {
  'callback accepted': '已接收回调',
  'callback URL verified': '回调地址验证通过',
  'callback refused': '已拒绝回调',
  'callback not stored': '回调未能存储',
  'request refused': '已拒绝请求',
  'event kept under another id': '该 id 已属于另一个事件，已换 id 保存',
  'outcome not published': '结果消息未能发出',
  'left to reconcile': '留待定时任务入队',
  'event state changed': '事件状态已变更',
  'event finished': '事件已处理完毕',
  'event queued again': '事件已重新入队',
  'event queued by reconcile': '定时任务已将事件入队',
  'not reconciled': '定时任务未能处理',
  reconciled: '定时任务已完成',
  'delivery failed': '投递失败，将重试',
  'tenant settings are wrong': '租户配置有误',
  'settings served past their age': '配置已过期，暂时沿用',
  'list of tenants served past its age': '租户名单已过期，暂时继续使用',
  'use of an ending key pair not noted': '未能记下旧密钥的使用',
};

export const stateInChinese = (state: string): string =>
  Object.hasOwn(EVENT_STATES, state) ? EVENT_STATES[state as EventState].name.zh : state;

/** Chinese for each reason to refuse a request or a callback. */
const REFUSALS: Record<Refusal | RefusalReason, string> = {
  'foreign-host': '主机名不是本机；如使用隧道，请设置 TUNNEL_HOST',
  forwarded: '经由代理或隧道，只允许访问回调地址',
  'foreign-origin': '来自其他网站的页面',
  'unknown-tenant': '租户不存在',
  'unreadable-envelope': '无法读取',
  'legacy-scheme': '旧版加密方式',
  'missing-signature-fields': '缺少签名字段',
  'bad-signature': '签名不正确',
  'expired-keys': '密钥已到期',
  undecryptable: '无法解密',
  'not-an-echo': '不是验证请求',
  'not-an-event': '不是事件',
  'foreign-receive-id': 'receiveId 不符',
  'foreign-account': '账号不符',
  'too-old': '时间过旧',
  'plain-text-off': '未开启明文推送',
  'plain-text-second-factor': '明文推送缺少第二重验证',
};

const MEANINGS: Record<string, string> = {
  ...REFUSALS,
  ...Object.fromEntries(Object.entries(REASONS).map(([reason, { means }]) => [reason, means.zh.replace(/。$/, '')])),
};

/** A reason in Chinese, with its code and parameter, by which the pages list it. */
export function reasonInChinese(reason: string): string {
  const meaning = MEANINGS[reason.split(':')[0] ?? ''];
  return meaning === undefined ? reason : `${meaning}（${reason}）`;
}
