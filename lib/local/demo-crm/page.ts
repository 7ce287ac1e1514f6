import { fieldLabel } from '../../dustess/field-labels.ts';
import { isJsonObject, type Json } from '../../json.ts';
import { localTime } from '../../local-time.ts';
import type { DemoContact, DemoContacts, DemoMerge } from './contacts.ts';

/** What to try next, in both languages. */
export interface PageStep {
  en: string;
  zh: string;
  command: string;
}

/** An address of a page of the console, if one runs. */
export type ConsolePage = (path: string) => string | undefined;

/** What the demo CRM knows, as one page without a script or anything from elsewhere; it renews itself. */
export function demoCrmPage(
  contacts: DemoContacts,
  steps: PageStep[] = [],
  consolePage: ConsolePage = () => undefined,
): string {
  const people = contacts.all();
  const merges = contacts.merges().reverse();
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>Demo CRM · 演示 CRM</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Demo CRM <span>演示 CRM</span></h1>
<p>An in-house CRM that merges when told to. <span>接到合并指令就合并联系人的自建 CRM。</span></p></header>
<main>
<section><h2>Contacts <span>联系人</span> <b>${people.length}</b></h2>
${list(people.slice(0, MOST_SHOWN).map(card), 'No contacts yet.', '还没有联系人。')}</section>
<section><h2>Merges <span>合并记录</span> <b>${merges.length}</b></h2>
${list(
  merges.slice(0, MOST_SHOWN).map((merge) => mergeCard(merge, consolePage)),
  'Nothing has been merged yet.',
  '还没有合并过联系人。',
)}</section>
</main>
${
  steps.length > 0
    ? `<footer><h2>To try next, in a terminal that has the keys <span>接下来可以在已设置密钥的终端试试</span></h2>
${steps.map(step).join('\n')}</footer>`
    : ''
}
</body>
</html>
`;
}

const MOST_SHOWN = 200;

const STYLE = `
:root{color-scheme:light dark;--ink:#1d2733;--soft:#667587;--line:#dfe5ec;--card:#fff;--back:#f4f6f9;--mark:#0b7a5c}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#93a1b2;--line:#2c3845;--card:#1a222c;--back:#11171e;--mark:#4cc9a2}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:15px/1.55 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header,main,footer{max-width:1080px;margin:0 auto;padding:0 24px}
header{padding-top:36px}
h1{margin:0;font-size:26px}h2{font-size:17px;margin:28px 0 12px}
h1 span,h2 span,p span,dt span,.none span{color:var(--soft);font-weight:400}
h2 b{font-size:13px;padding:1px 9px;border-radius:10px;background:var(--line)}
header p{margin:4px 0 0;color:var(--soft)}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:0 32px;padding-bottom:48px}
article{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 18px;margin-bottom:12px}
code{font:13px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
article>code{font-weight:600}
dl{display:grid;grid-template-columns:fit-content(45%) minmax(0,1fr);gap:3px 16px;margin:10px 0 0}
dt{color:var(--soft)}dt,dd{margin:0;overflow-wrap:break-word;min-width:0}
.took{margin:10px 0 0;color:var(--mark)}
.none{color:var(--soft)}
.wide{overflow-x:auto}table{border-collapse:collapse;margin-top:10px;font-size:14px}th,td{text-align:left;padding:3px 12px 3px 0;vertical-align:top}td{min-width:6em}th{font-weight:400}th span,tr:first-child th{color:var(--soft)}.changed td:last-child{color:var(--mark);font-weight:600}
a{color:var(--mark)}
:target{outline:3px solid var(--mark)}
`;

const list = (items: string[], none: string, noneZh: string) =>
  items.length > 0 ? items.join('\n') : `<p class="none">${none} <span>${noneZh}</span></p>`;

function card({ id, fields, absorbed }: DemoContact): string {
  const rows = Object.entries(fields).map(([key, value]) => row(key, fieldLabel(key), shown(value)));
  const took = absorbed.map((one) => `<p class="took">+ <code>${escapeHtml(one)}</code> merged in · 已并入</p>`);
  return `<article id="${escapeHtml(id)}"><code>${escapeHtml(id)}</code><dl>${rows.join('')}</dl>${took.join('')}</article>`;
}

function mergeCard(merge: DemoMerge, consolePage: ConsolePage): string {
  const rows = [
    row('survivor', '主联系人', merge.survivorId),
    row('losers', '被合并', merge.loserIds.join('\n')),
    row('event', '事件', merge.eventId),
    row('time', '时间', localTime(merge.at)),
    row('deliveries', '收到次数', String(merge.deliveries)),
  ];
  const address = consolePage(`/${merge.tenant}/events/${encodeURIComponent(merge.eventId)}`);
  return `<article><dl>${rows.join('')}</dl>${changes(merge)}${address === undefined ? '' : link(address)}</article>`;
}

/** Each record before, and the survivor's after; what is no longer the same is marked. */
function changes({ before, after, survivorId }: DemoMerge): string {
  const own = before.find(({ id }) => id === survivorId)?.fields ?? {};
  const keys = [...new Set([...before.flatMap(({ fields }) => Object.keys(fields)), ...Object.keys(after)])];
  const cell = (value: Json | undefined) => `<td>${value === undefined ? '–' : escapeHtml(shown(value))}</td>`;
  const heads = before.map(({ id }) => `<th>${id === survivorId ? 'survivor 主联系人' : 'loser 被合并'}</th>`).join('');
  const lines = keys.map((key) => {
    const isChanged = JSON.stringify(own[key]) !== JSON.stringify(after[key]);
    const name = `<th>${escapeHtml(key)} <span>${escapeHtml(fieldLabel(key))}</span></th>`;
    const cells = [...before.map(({ fields }) => fields[key]), after[key]].map(cell).join('');
    return `<tr${isChanged ? ' class="changed"' : ''}>${name}${cells}</tr>`;
  });
  return `<div class="wide" tabindex="0" role="region" aria-label="before and after 合并前后"><table><tr><th></th>${heads}<th>after 合并后</th></tr>${lines.join('')}</table></div>`;
}

const link = (address: string) =>
  `<p><a href="${escapeHtml(address)}">What happened, in the console · 在控制台查看经过</a></p>`;

const step = ({ en, zh, command }: PageStep) =>
  `<p>${escapeHtml(en)} <span>${escapeHtml(zh)}</span><br><code>${escapeHtml(command)}</code></p>`;

const row = (name: string, label: string, value: string) =>
  `<dt>${escapeHtml(name)} <span>${escapeHtml(label)}</span></dt><dd>${escapeHtml(value)}</dd>`;

/** Lists and what has parts as people write them: `138…, 139…`. */
function shown(value: Json): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  return isJsonObject(value) ? Object.values(value).map(shown).join(' ') : String(value ?? '');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
