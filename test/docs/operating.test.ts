import { FINAL_STATES, OPEN_STATES } from '../../lib/ledger/event-record.ts';
import { readSourceTree } from '../structure/source-tree.ts';
import { readPage, readText, rowsByName, tablesUnder } from './page.ts';

const page = readPage('docs/operating.md');
const namesUnder = (heading: string) => {
  const [table] = tablesUnder(page, heading);
  return table ? [...rowsByName(table).keys()] : [];
};

// Words of the same form that are no reasons of an event: each says something else.
const NO_REASONS = [
  ...['no-such-event', 'not-possible', 'settle-done', 'settle-not-done'], // An operator's action and its result.
  ...['out-of-time', 'unknown-contacts', 'not-created', 'no-code'], // How a step ended.
  ...['survivor-gone', 'switched-off', 'if-empty'], // Why a field is not written.
  ...['left-to-reconcile', 'repeat-differs'], // Metrics.
  ...['plain-text-off', 'plain-text-second-factor', 'unknown-tenant', 'not-an-event'], // Refusals of callbacks: a table of their own.
  ...['foreign-account'], // Refusals of callbacks: a table of their own.
];

/** Every reason that the core can give an event, `…` for what is filled in. */
function reasonsInCode(): string[] {
  const sources = Object.entries(readSourceTree()).filter(([file]) =>
    /^lib\/(ledger|merge|intake|recovery)\//.test(file),
  );
  const found = sources.flatMap(([, code]) => {
    const hyphened = [
      ...code.matchAll(/'([a-z]+(?:-[a-z]+)+)'|`((?:[a-z]+-|\$\{\w+\}-|[a-z]+:)(?:\$\{[^}]*\}|[^`\s])*)`/g),
    ];
    const single = [...code.matchAll(/\b(?:reason|doubt|unusable)\??: (?:'[a-z-]+' \| )*'([a-z]+)'/g)];
    return [...hyphened, ...single].map(([, text, template]) => (text ?? template ?? '').replace(/\$\{[^}]*\}/g, '…'));
  });
  return [...new Set(found)].filter((reason) => !NO_REASONS.includes(reason) && reason !== '');
}

const patternOf = (reason: string) => new RegExp(`^${reason.split('…').join('[\\w-]+')}$`);

describe('the table of reasons', () => {
  const listed = namesUnder('Reasons');
  const inCode = reasonsInCode();

  it('has every reason that the code gives', () => {
    expect(inCode.length).toBeGreaterThan(20);
    expect(inCode.filter((reason) => !listed.some((one) => patternOf(reason).test(one)))).toEqual([]);
  });

  it('has no reason that the code does not give', () => {
    expect(listed.filter((one) => !inCode.some((reason) => patternOf(reason).test(one)))).toEqual([]);
  });

  it('names states that exist', () => {
    const [table] = tablesUnder(page, 'Reasons');
    for (const [, state] of table?.rows ?? []) expect([...OPEN_STATES, ...FINAL_STATES]).toContain(state);
  });
});

it('the table of states has all of them', () => {
  expect(namesUnder('States').sort()).toEqual([...OPEN_STATES, ...FINAL_STATES].sort());
});

it('the table of refused callbacks has every reason of the door', () => {
  const [, union = ''] = /type RefusalReason =([^;]+);/.exec(readText('lib/errors.ts')) ?? [];
  const reasons = [...union.matchAll(/'([a-z-]+)'/g)].map(([, reason]) => reason);
  expect(namesUnder('Refused callbacks').sort()).toEqual(reasons.sort());
  expect(reasons.length).toBeGreaterThan(5);
});

it('the table of alarms has all of them', () => {
  const alarms = [...readText('infra/alarms.yml').matchAll(/AlarmName: \$\{param:prefix\}-([\w-]+)/g)];
  expect(namesUnder('Alarms').sort()).toEqual(alarms.map(([, name]) => name).sort());
});

it('the alarm and the page say the same about the dead-letter queue: purge it, nothing is moved back', () => {
  const [, runbook = ''] =
    /-dead-letters\n\s+AlarmDescription: >-\n(.*?)\n\s+Namespace:/s.exec(readText('infra/alarms.yml')) ?? [];
  for (const text of [runbook, readText('docs/operating.md')]) {
    const flat = text.replace(/\s+/g, ' ');
    expect(flat).toMatch(/purge the (dead-letter )?queue/);
    expect(flat).toMatch(/need(s to| not) be moved back/);
  }
});

it('outputs that the page names are outputs of the stack', () => {
  const outputs = readText('infra/outputs.yml');
  for (const name of page.spans.filter((span) => /^[A-Z]\w+(Url|Arn|Table)$/.test(span)))
    expect(outputs).toContain(`  ${name}:`);
});
