import { reasonInChinese, stateInChinese } from '../log-words.ts';
import type { SampleRun } from './run-sample.ts';

/** What the story says; one table a language, of the same shape. */
export interface StoryWords {
  /** With the demo CRM and the emulators of this process: nothing leaves the machine. */
  titleAlone: string;
  title: string;
  callbackUrl: string;
  plainUrl: string;
  tunnelUrl: string;
  demoCrm: string;
  /** Its address opens it once. */
  console: string;
  click: string;
  crm(kind: string, host: string): string;
  /** A CRM of the user's own is written to, or not. */
  real: string;
  observed: string;
  elsewhere(what: string, host: string): string;
  keys: string;
  /** @param names of the variables */
  keysGiven(names: string): string;
  happened: string;
  verified(run: SampleRun): string;
  delivered(run: SampleRun): string;
  checked(run: SampleRun): string;
  refused(run: SampleRun): string;
  outcome(run: SampleRun): string;
  known: string;
  waiting(run: SampleRun): string;
  before: string;
  after: string;
  gone: string;
  empty: string;
  survivor: string;
  loser: string;
  nothingSent: string;
  ready(seconds: string, url: string): string;
  next: string;
  again: string;
  unsigned: string;
  look: string;
  own: string;
  ownInRealCrm: string;
  outcomes: string;
  stop: string;
}

const seconds = (ms: number) => (ms / 1000).toFixed(2);
const size = (bytes: number) => (bytes / 1024).toFixed(1);
const because = ({ reason }: SampleRun) => (reason === undefined ? '' : ` (${reason})`);
const becauseZh = ({ reason }: SampleRun) => (reason === undefined ? '' : `：${reasonInChinese(reason)}`);
const stateZh = ({ state }: SampleRun) => stateInChinese(state);

export const ENGLISH: StoryWords = {
  titleAlone: 'dustess-merge-sync, all of it on this machine: no account, no network',
  title: 'dustess-merge-sync on this machine',
  callbackUrl: 'callback URL (回调地址)',
  plainUrl: 'for plain text (明文)',
  tunnelUrl: 'through the tunnel',
  demoCrm: 'demo CRM, in a browser',
  console: 'console, in a browser, opens once',
  click: 'One click: the same merge as a page, who went into whom, what was written and why:',
  crm: (kind, host) => `CRM: ${kind} at ${host}`,
  real: 'merges in this CRM are real and cannot be undone; POLICY=\'{"mode":"observe"}\' does everything but write',
  observed: 'observe mode: nothing is written to this CRM',
  elsewhere: (what, host) => `${what}: at ${host}`,
  keys: 'the keys that 尘锋 and this stack share: paste them into a second terminal for the commands below',
  keysGiven: (names) => `keys from the environment: export the same in a second terminal: ${names}`,
  happened: "What just happened, with the sample event of 尘锋's own page:",
  verified: ({ verified }) =>
    verified
      ? '1  尘锋 saved the callback URL: its sealed echo was opened and answered, character for character'
      : '1  尘锋 saved the callback URL, and the answer was NOT its echo',
  delivered: ({ bytes }) =>
    `2  尘锋 merged two contacts (联系人合并): one POST of ${size(bytes)} KB, encrypted and signed`,
  checked: ({ answer }) =>
    `3  signature, padding, receiveId and age are right; stored, queued, acknowledged: ${answer}`,
  refused: ({ status, answer }) => `3  the callback was refused: ${status} ${answer}`,
  outcome: (run) => `4  ${run.state}${because(run)} after ${seconds(run.tookMs)} s; calls at the CRM: ${run.crmCalls}`,
  known: '4  an earlier start has handled this event: a repeat is acknowledged and changes nothing',
  waiting: (run) => `4  not finished yet: ${run.state}${because(run)}; it goes on by itself`,
  before: 'before',
  after: 'after',
  gone: 'gone: merged into the survivor',
  empty: '–',
  survivor: 'survivor 主联系人',
  loser: 'loser 被合并',
  nothingSent: 'Nothing was seeded and nothing was sent.',
  ready: (time, url) => `Ready in ${time} s, waiting for callbacks at ${url}`,
  next: 'To try next, in a second terminal:',
  again: 'the same merge three more times: each is acknowledged, none changes anything',
  unsigned: 'a merge that is not signed: refused, and nothing of it is stored',
  look: 'what the ledger knows of the sample: its state, its plan, each CRM call',
  own: 'two contacts of your own: made in the demo CRM, then B is merged into A',
  ownInRealCrm: 'merges contact B into contact A, by their 尘锋 ids, in your CRM: for test contacts only',
  outcomes: 'what downstream systems are told of each merge',
  stop: 'Ctrl-C stops everything.',
};

export const CHINESE: StoryWords = {
  titleAlone: 'dustess-merge-sync：全部在本机运行，不需要账号，也不需要网络',
  title: 'dustess-merge-sync：在本机运行',
  callbackUrl: '回调地址',
  plainUrl: '明文回调地址',
  tunnelUrl: '经由隧道的回调地址',
  demoCrm: '演示 CRM（用浏览器打开）',
  console: '控制台（用浏览器打开，只能打开一次）',
  click: '点一下：用网页查看这次合并，谁并入谁、写入了什么、为什么：',
  crm: (kind, host) => `CRM：${kind}，位于 ${host}`,
  real: '在该 CRM 中的合并是真实的，无法撤销；设置 POLICY=\'{"mode":"observe"}\' 则只观察，不写入',
  observed: '观察模式：不会写入该 CRM',
  elsewhere: (what, host) => `${what}：位于 ${host}`,
  keys: '尘锋与本服务共用的密钥：粘贴到另一个终端，供下面的命令使用',
  keysGiven: (names) => `密钥取自环境变量；另一个终端也需设置：${names}`,
  happened: '刚才用尘锋文档里的示例事件走了一遍：',
  verified: ({ verified }) =>
    verified ? '1  尘锋保存回调地址：密文已解开，并原样返回' : '1  尘锋保存回调地址：返回的内容与原文不一致',
  delivered: ({ bytes }) => `2  尘锋合并了两个联系人：一次 POST，${size(bytes)} KB，已加密并签名`,
  checked: ({ answer }) => `3  签名、填充、receiveId、时间均正确；已存储、入队并应答：${answer}`,
  refused: ({ status, answer }) => `3  回调被拒绝：${status} ${answer}`,
  outcome: (run) => `4  ${seconds(run.tookMs)} 秒后${stateZh(run)}${becauseZh(run)}；调用 CRM ${run.crmCalls} 次`,
  known: '4  之前启动时已处理过此事件：重复推送只应答，不做任何改动',
  waiting: (run) => `4  尚未完成：${stateZh(run)}${becauseZh(run)}；会自动继续`,
  before: '合并前',
  after: '合并后',
  gone: '已并入主联系人',
  empty: '–',
  survivor: '主联系人',
  loser: '被合并联系人',
  nothingSent: '未预置联系人，也未发送示例。',
  ready: (time, url) => `已就绪（${time} 秒），等待回调：${url}`,
  next: '接下来可以在另一个终端试试：',
  again: '同一合并再推送三次：每次都应答，但不做任何改动',
  unsigned: '没有签名的合并：会被拒绝，且不留存',
  look: '账本里关于示例事件的记录：状态、计划、每次 CRM 调用',
  own: '自己的两个联系人：先在演示 CRM 中建立，再把 B 并入 A',
  ownInRealCrm: '按尘锋联系人编号，在您的 CRM 中把 B 并入 A：请只用测试联系人',
  outcomes: '每次合并后告知下游系统的内容',
  stop: '按 Ctrl-C 停止。',
};
