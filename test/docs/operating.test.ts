import { readPage, readText, rowsByName, tablesUnder } from './page.ts';

const page = readPage('docs/operating.md');
const namesUnder = (heading: string) => {
  const [table] = tablesUnder(page, heading);
  return table ? [...rowsByName(table).keys()] : [];
};

it('the table of refused callbacks has every reason of the door', () => {
  const [, union = ''] = /type RefusalReason =([^;]+);/.exec(readText('lib/errors.ts')) ?? [];
  const reasons = [...union.matchAll(/'([a-z-]+)'/g)].map(([, reason]) => reason);
  expect(namesUnder('Refused callbacks').sort()).toEqual(reasons.sort());
  expect(reasons.length).toBeGreaterThan(5);
});

it('the table of alarms has all of them', () => {
  const text = readText('infra/alarms.yml') + readText('infra/notify.yml');
  const alarms = [...text.matchAll(/AlarmName: \$\{param:prefix\}-([\w-]+)/g)];
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
