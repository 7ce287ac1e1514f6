import type { SampleRun } from './run-sample.ts';

/** What the story says; one table a language, of the same shape. */
export interface StoryWords {
  title: string;
  callbackUrl: string;
  plainUrl: string;
  demoCrm: string;
  keys: string;
  keysGiven: string;
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
  stop: string;
}

const seconds = (ms: number) => (ms / 1000).toFixed(2);
const size = (bytes: number) => (bytes / 1024).toFixed(1);
const because = ({ reason }: SampleRun) => (reason === undefined ? '' : ` (${reason})`);

export const ENGLISH: StoryWords = {
  title: 'dustess-merge-sync, all of it on this machine: no account, no network',
  callbackUrl: 'callback URL (回调地址)',
  plainUrl: 'for plain text (明文)',
  demoCrm: 'demo CRM, in a browser',
  keys: 'the keys that 尘锋 and this stack share: paste them into a second terminal for the commands below',
  keysGiven: 'keys: from the environment',
  happened: "What just happened, with the sample event of 尘锋's own page:",
  verified: ({ verified }) =>
    verified
      ? '1  尘锋 saved the callback URL: its sealed echo was opened and answered, character for character'
      : '1  尘锋 saved the callback URL, and the answer was NOT its echo',
  delivered: ({ bytes }) =>
    `2  尘锋 merged two contacts (联系人合并): one POST of ${size(bytes)} KB, encrypted and signed`,
  checked: ({ answer }) =>
    `3  signature, padding, receiveId and age are right; stored, queued, acknowledged: ${answer}`,
  refused: ({ status, answer }) => `3  the door refused it: ${status} ${answer}`,
  outcome: (run) => `4  ${run.state}${because(run)} after ${seconds(run.tookMs)} s; calls at the CRM: ${run.crmCalls}`,
  known: '4  an earlier start has handled this event: a repeat is acknowledged and changes nothing',
  waiting: (run) => `4  not finished yet: ${run.state}${because(run)}; it goes on by itself`,
  before: 'before',
  after: 'after',
  gone: 'gone: merged into the survivor',
  empty: '–',
  survivor: 'survivor 主联系人',
  loser: 'loser 被合并',
  nothingSent: 'SAMPLE=0: nothing was seeded and nothing sent.',
  ready: (time, url) => `Ready in ${time} s, waiting for callbacks at ${url}`,
  next: 'Three things to try next, in a second terminal:',
  again: 'the same merge three more times: each is acknowledged, none changes anything',
  unsigned: 'a merge that nobody signed: refused, and nothing of it is stored',
  look: 'what the ledger knows of the sample: its state, its plan, each CRM call',
  stop: 'Ctrl-C stops everything.',
};

export const CHINESE: StoryWords = {
  title: 'dustess-merge-sync：全部在本机运行，不需要账号，也不需要网络',
  callbackUrl: '回调地址',
  plainUrl: '明文回调地址',
  demoCrm: '演示 CRM（用浏览器打开）',
  keys: '尘锋与本服务共用的密钥：粘贴到另一个终端，供下面的命令使用',
  keysGiven: '密钥：取自环境变量',
  happened: '刚才用尘锋文档里的示例事件走了一遍：',
  verified: ({ verified }) =>
    verified ? '1  尘锋保存回调地址：密文已解开，并原样返回' : '1  尘锋保存回调地址：返回的内容与原文不一致',
  delivered: ({ bytes }) => `2  尘锋合并了两个联系人：一次 POST，${size(bytes)} KB，已加密并签名`,
  checked: ({ answer }) => `3  签名、填充、receiveId、时间均正确；已存储、入队并应答：${answer}`,
  refused: ({ status, answer }) => `3  被拒绝：${status} ${answer}`,
  outcome: (run) => `4  ${seconds(run.tookMs)} 秒后：${run.state}${because(run)}；调用 CRM ${run.crmCalls} 次`,
  known: '4  之前启动时已处理过此事件：重复推送只应答，不做任何改动',
  waiting: (run) => `4  尚未完成：${run.state}${because(run)}；会自动继续`,
  before: '合并前',
  after: '合并后',
  gone: '已并入主联系人',
  empty: '–',
  survivor: '主联系人',
  loser: '被合并',
  nothingSent: 'SAMPLE=0：未预置联系人，也未发送示例。',
  ready: (time, url) => `已就绪（${time} 秒），等待回调：${url}`,
  next: '接下来可以在另一个终端试三件事：',
  again: '同一合并再推送三次：每次都应答，但不做任何改动',
  unsigned: '没有签名的合并：会被拒绝，且不留存',
  look: '账本里关于示例事件的记录：状态、计划、每次 CRM 调用',
  stop: '按 Ctrl-C 停止。',
};
