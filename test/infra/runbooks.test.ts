import { readText } from '../docs/page.ts';
import { readSourceTree } from '../structure/source-tree.ts';

/** Alarms whose metric counts some of the lines of another one. */
const COUNTS: Record<string, string> = { 'refused-steadily': 'refused', 'keys-differ': 'refused' };

/** Alarm → the word by which its first command looks for lines in a function's log. */
function searches(): [alarm: string, word: string][] {
  const text = readText('infra/alarms.yml').replace(/\s+/g, ' ');
  const described = /AlarmName: \$\{param:prefix\}-(\S+) AlarmDescription: >- (.*?) Namespace:/g;
  return [...text.matchAll(described)].flatMap(([, alarm = '', description = '']) => {
    const [, word] = /First command: aws logs tail [^.]*? --filter-pattern (\w+)\. Then:/.exec(description) ?? [];
    return word === undefined ? [] : [[alarm, word] as [string, string]];
  });
}

/** What is logged with a metric: each message, from the source. */
function messagesWith(metric: string): string[] {
  const calls = /\blog\.(?:info|warn|error)\(\s*'([^']+)'(?:(?!\blog\.)[\s\S]){0,300}?metric: '([a-z-]+)'/g;
  return Object.entries(readSourceTree())
    .filter(([file]) => /^(lib|functions)\//.test(file))
    .flatMap(([, code]) => [...code.matchAll(calls)])
    .flatMap(([, message = '', named]) => (named === metric ? [message] : []));
}

const own = searches().filter(([alarm]) => messagesWith(COUNTS[alarm] ?? alarm).length > 0);

it.each(own)(
  'promise 7: the first command of the alarm %s, which looks for “%s”, finds the lines that raised it',
  (alarm, word) => {
    for (const message of messagesWith(COUNTS[alarm] ?? alarm)) expect(message.split(' ')).toContain(word);
  },
);

it('alarms that count log lines and look for them are among those', () => {
  expect(own.map(([alarm]) => alarm).sort()).toEqual(
    ['keys-differ', 'outcome-lost', 'refused', 'refused-steadily', 'repeat-differs', 'stuck'].sort(),
  );
});
