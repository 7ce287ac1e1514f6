/** How the pages look: light and dark, from a phone's width on. */
export const STYLE = `:root{color-scheme:light dark;--ink:#17212b;--soft:#566474;--line:#d9e0e8;--card:#fff;--back:#f3f5f8;--link:#0b5cad;--good:#0a6b4f;--warn:#8a5200;--bad:#b3261e;--warn-back:#fdf3e1;--mark:#fff6d6;
--applied:#2f8f6f;--skipped:#7d8da0;--ignored:#b9c3ce;--held:#c77700;--unlinked:#8a63c7;--observed:#4f9bb0;--parked:#c4372c;--open:#2f6fb8}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#a0adbb;--line:#2e3a47;--card:#19212b;--back:#10161d;--link:#7db7f2;--good:#5fd0aa;--warn:#f0b95b;--bad:#ff8a80;--warn-back:#2d2412;--mark:#3a3213;
--applied:#3fa883;--skipped:#75859a;--ignored:#4a5868;--held:#d98f1f;--unlinked:#a583dd;--observed:#5fb0c4;--parked:#e0574b;--open:#5a9be0}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header{background:var(--card);border-bottom:1px solid var(--line)}
.bar,main,footer,#lost{max-width:1080px;margin:0 auto;padding:0 20px}
.bar{display:flex;flex-wrap:wrap;gap:6px 18px;align-items:center;padding-top:8px;padding-bottom:6px}
.brand{font-weight:700;color:var(--ink);text-decoration:none;font-size:17px}
.where{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;flex:1;font-size:14px;color:var(--soft)}
.where a[aria-current]{font-weight:700}
.env{color:var(--ink);border:1px solid var(--line);border-radius:6px;padding:0 8px}.env.real{border-color:var(--bad);color:var(--bad)}
.mode{border-radius:6px;padding:0 8px;background:var(--back)}.mode.acts{background:var(--warn-back);color:var(--warn)}
nav{display:flex;gap:4px;flex:1;flex-wrap:wrap}
nav a{padding:7px 14px;border-radius:8px;text-decoration:none;color:var(--ink)}nav a[aria-current]{background:var(--back);font-weight:600}
a{color:var(--link)}a:hover{text-decoration-thickness:2px}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}main:focus{outline:none}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:8px}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
main{padding-top:10px;padding-bottom:40px}
h1{font-size:24px;margin:18px 0 12px;display:flex;flex-wrap:wrap;gap:10px;align-items:center}h2{font-size:18px;margin:30px 0 10px}h3{font-size:16px;margin:6px 0}
p{margin:8px 0}.soft,footer,small{color:var(--soft)}small{margin-left:4px}footer{font-size:14px;padding-bottom:24px}
.none{color:var(--soft)}.well{color:var(--good);font-weight:600}.warn{color:var(--warn);background:var(--warn-back);padding:10px 14px;border-radius:8px}
.did{background:var(--mark);padding:10px 14px;border-radius:8px;font-weight:600}
#lost{background:var(--warn-back);color:var(--warn);padding:10px 20px;font-weight:600}
code{font:14px/1.4 ui-monospace,Menlo,Consolas,monospace}code.whole{overflow-wrap:anywhere}
button,.button,select,input{font:inherit;color:inherit;border:1px solid var(--line);border-radius:8px;background:var(--card);padding:6px 12px;min-height:38px}
input[type=checkbox]{min-height:0;width:20px;height:20px}
button,.button{cursor:pointer;display:inline-block;text-decoration:none;font-weight:600;color:var(--link);border-color:currentColor}
.may button,.may .button.main,.actions>button{background:var(--link);color:var(--card);border-color:var(--link)}
.may button.plain,.actions>button.plain{background:var(--card);color:var(--link)}
.todo h2{margin-top:6px}
.actions,.pages,.choose,.find,.filters{display:flex;flex-wrap:wrap;gap:10px 14px;align-items:center}
.filters{align-items:end;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px;margin-bottom:12px}
.filters label{display:grid;gap:2px;font-size:14px;color:var(--soft)}.filters select,.filters input{color:var(--ink);max-width:230px}
.todo,.may{display:block;background:var(--card);border:1px solid var(--line);border-left:5px solid var(--parked);border-radius:10px;padding:10px 18px;margin:0 0 12px}
.candidates{list-style:none;padding:0;margin:0}.candidates li{border-top:1px solid var(--line);padding:8px 0 12px}.candidates p{margin:2px 0}.candidates button{margin-top:6px}.todo.plain,.may{border-left-color:var(--link)}.may h2{margin-top:6px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:12px;margin:0}
.facts div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 16px}
dt{color:var(--soft);font-size:14px}dd{margin:0;font-size:20px;font-weight:600}dd small{display:block;font-size:13px;font-weight:400;margin:0}
.scroll{overflow-x:auto}td .reason{display:inline-block;min-width:14em}
table{border-collapse:collapse;background:var(--card);border:1px solid var(--line);border-radius:10px}table.list,table.values{width:100%}
th,td{text-align:left;padding:7px 12px;border-top:1px solid var(--line);vertical-align:top}thead th,thead td{border-top:0;color:var(--soft);font-size:14px;font-weight:600}
tbody th{font-weight:400}.contact th,.contact td{background:var(--back);font-weight:600}.changed td,.changed th{background:var(--mark)}.hidden{color:var(--soft);font-style:italic}
.values td{overflow-wrap:anywhere;min-width:110px}
time{white-space:nowrap;font-variant-numeric:tabular-nums}
.state{display:inline-block;border-radius:12px;padding:0 10px;font-size:14px;font-weight:600;border:1px solid currentColor;white-space:nowrap}
.applied{color:var(--good)}.parked{color:var(--bad)}.held{color:var(--warn)}.stored,.queued,.working,.waiting{color:var(--link)}.skipped,.ignored{color:var(--soft)}
.chart{margin:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}.chart svg{width:100%;min-width:560px;height:auto;display:block}
svg text{fill:var(--ink);font-size:13px}.chart text{fill:var(--soft);text-anchor:middle}.chart .top{text-anchor:start}.axis{stroke:var(--line)}
.bar.applied{fill:var(--applied)}.bar.skipped{fill:var(--skipped)}.bar.ignored{fill:var(--ignored)}.bar.held{fill:var(--held)}.bar.unlinked{fill:var(--unlinked)}.bar.observed{fill:var(--observed)}.bar.parked{fill:var(--parked)}
figcaption{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:14px}.key{color:var(--soft)}.key::before{content:"";display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:6px;background:currentColor}
.key.applied::before{background:var(--applied)}.key.skipped::before{background:var(--skipped)}.key.ignored::before{background:var(--ignored)}.key.held::before{background:var(--held)}.key.unlinked::before{background:var(--unlinked)}.key.observed::before{background:var(--observed)}.key.parked::before{background:var(--parked)}
.who{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 18px}.who ul{list-style:none;margin:0;padding:0}.arrow{font-size:26px;margin:0;color:var(--soft)}
.out{margin-left:10px}
.timeline{list-style:none;margin:0;padding:0 0 0 14px;border-left:3px solid var(--line)}.timeline li{display:flex;flex-wrap:wrap;gap:2px 16px;padding:6px 0;position:relative}.timeline li::before{content:"";position:absolute;left:-21px;top:14px;width:11px;height:11px;border-radius:50%;background:var(--soft)}.timeline li[data-state]::before{background:var(--link)}.timeline li[data-state=applied]::before{background:var(--good)}.timeline li[data-state=parked]::before{background:var(--bad)}.timeline li[data-state=held]::before{background:var(--warn)}.timeline li[data-state=skipped]::before,.timeline li[data-state=ignored]::before{background:var(--soft)}.timeline li.operated::before{background:var(--held)}.timeline p{margin:0;font-size:14px}
.timeline time{color:var(--soft)}
.tree{background:var(--card);border:1px solid var(--line);border-radius:10px;max-height:75vh;overflow:auto}.link{fill:none;stroke:var(--line);stroke-width:1.5}.node circle{fill:var(--link)}.tree a text{fill:var(--link)}.tree .when{fill:var(--soft)}.asked circle{fill:var(--held)}.asked a:first-of-type text{font-weight:700}.tree svg{display:block}
.branch{padding-left:20px}details{margin:10px 0}summary{cursor:pointer;color:var(--link)}
@media(max-width:640px){body{font-size:15px}.bar,main,footer{padding-left:12px;padding-right:12px}.keys{display:none}.find{width:100%}.find input{flex:1;min-width:0}th,td{padding:6px 8px}h1{font-size:21px}.filters label{width:100%}.filters select,.filters input{max-width:none;width:100%}}
`;

export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M3 3c0 6 5 4 5 10M13 3c0 6-5 4-5 10" fill="none" stroke="#2f8f6f" stroke-width="2.4" stroke-linecap="round"/></svg>';
