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

const LINK = /\]\(\.\.\/(test\/[^ )]+) "([^"]+)"\)/g;
const faults = tablesUnder(page, 'Faults, rehearsed')[0]?.rows ?? [];

describe.each(faults.map((row): [string, string] => [row[0] ?? '', row.at(-1) ?? '']))(
  'the fault “%s”',
  (_fault, tests) => {
    const named = [...tests.matchAll(LINK)];

    it('names a test', () => expect(named.length).toBeGreaterThan(0));

    it.each(named.map(([, file = '', title = '']): [string, string] => [file, title]))(
      'that is in %s: “%s”',
      (file, title) => {
        expect(readText(file)).toContain(title);
      },
    );
  },
);

it('promise 7: there are at least as many faults as there are rehearsals', () => {
  const [rehearsals] = ['test/faults/rehearsed.test.ts'].map((file) => readText(file).match(/^describe\(/gm) ?? []);
  expect(faults.length).toBeGreaterThanOrEqual(rehearsals?.length ?? 0);
});

it('outputs that the page names are outputs of the stack', () => {
  const outputs = readText('infra/outputs.yml');
  for (const name of page.spans.filter((span) => /^[A-Z]\w+(Url|Arn|Table)$/.test(span)))
    expect(outputs).toContain(`  ${name}:`);
});
