import type { Sentence } from '../sentence.ts';

/** What a robot's answer means for the message: sent again later, or given up until a person changes something. */
export type Verdict =
  | { outcome: 'delivered' }
  | {
      outcome: 'passing' | 'lasting';
      /** The vendor's error code, `HTTP 502`, or the name of a network error. Never the vendor's text: it has addresses. */
      code: string;
      advice: Advice;
    };

export type Advice = keyof typeof ADVICE;

/** Which thing to change. */
export const ADVICE = {
  wait: {
    en: 'it takes no more messages for the moment: alarms are sent again by themselves',
    zh: '暂时不再接收消息，过一会儿就好：告警会自动重发',
  },
  network: {
    en: 'it did not answer: alarms are sent again by themselves; if that goes on, check the network',
    zh: '没有应答：告警会自动重发；若一直如此，请检查网络',
  },
  url: {
    en: 'there is no such robot: copy its Webhook address from the group again into `url`, or add a new robot to the group',
    zh: '没有这个机器人：从群设置里重新复制 Webhook 地址到 `url`，或在群里新建一个机器人',
  },
  secret: {
    en: 'the signature does not match: copy the secret from the robot’s security settings into `secret`',
    zh: '签名不匹配：把机器人安全设置里的密钥复制到 `secret`',
  },
  signed: {
    en: 'the signature does not match, or the clock is more than an hour off: copy the secret into `secret`, then check the clock',
    zh: '签名不匹配，或时钟相差超过一小时：先把密钥复制到 `secret`，再检查时钟',
  },
  clock: {
    en: 'its clock and ours differ by more than an hour: check the clock here',
    zh: '双方时钟相差超过一小时：检查本机时钟',
  },
  keyword: {
    en: 'the group wants a keyword in every message: put one of the robot’s keywords into `keyword`',
    zh: '机器人设置了自定义关键词：把其中一个写进 `keyword`',
  },
  ip: {
    en: 'its security settings allow certain addresses only, and Lambda’s change: choose signing instead',
    zh: '安全设置限定了 IP，而 Lambda 的地址会变：改用加签（签名校验）',
  },
  enable: {
    en: 'the robot is switched off: switch it on in the group’s settings',
    zh: '机器人已停用：在群设置里启用它',
  },
  content: {
    en: 'its content check refused the message: nothing to change here; tell the robot’s vendor',
    zh: '内容审核未通过：这边无需修改，请联系该平台',
  },
  form: {
    en: 'it could not read the message: please report it with the code',
    zh: '对方读不懂这条消息：请带上错误码反馈',
  },
  other: {
    en: 'look the code up in the vendor’s list of error codes',
    zh: '请在该平台的错误码表里查这个码',
  },
} as const satisfies Record<string, Sentence>;

/** What one of a vendor's error codes means, 0 being none. @param advice which thing to change for this code */
export function verdictOn(code: number, advice: Advice): Verdict {
  if (code === 0) return { outcome: 'delivered' };
  return advice === 'wait' ? passing(String(code), advice) : lasting(String(code), advice);
}

export const passing = (code: string, advice: Advice): Verdict => ({ outcome: 'passing', code, advice });
export const lasting = (code: string, advice: Advice): Verdict => ({ outcome: 'lasting', code, advice });
