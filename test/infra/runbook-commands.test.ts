import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { readRunbook } from '../../lib/notify/alarm.ts';
import WORDS from '../../lib/notify/alarm-words.json';
import { run } from '../cli/console.ts';
import { ROOT, readText } from '../docs/page.ts';

/**
 * What of the AWS CLI the runbooks use, from its reference:
 * https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html (version 2),
 * https://docs.aws.amazon.com/cli/latest/reference/lambda/get-account-settings.html,
 * https://docs.aws.amazon.com/cli/latest/reference/events/list-rules.html
 */
const AWS: Record<string, { arguments: number; options: string[] }> = {
  'logs tail': { arguments: 1, options: ['--since', '--filter-pattern', '--format', '--query', '--region'] },
  'lambda get-account-settings': { arguments: 0, options: ['--query', '--region'] },
  'events list-rules': { arguments: 0, options: ['--name-prefix', '--query', '--region'] },
};

/** Alarm → its description, as CloudWatch shows it. */
const DESCRIPTIONS = readdirSync(path.join(ROOT, 'infra'))
  .filter((file) => file.endsWith('.yml'))
  .flatMap((file) =>
    Object.values<Described>(parse(readText(`infra/${file}`), { merge: true, logLevel: 'silent' }).Resources ?? {}),
  )
  .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
  .map(({ Properties }): [string, string] => [
    Properties.AlarmName.replace(/\$\{.*?\}-/, ''),
    Properties.AlarmDescription.replace(/\$\{param:prefix\}/g, 'PREFIX')
      .replace(/\$\{.*?\}/g, 'x')
      .replace(/\s+/g, ' '),
  ]);

interface Described {
  Type: string;
  Properties: { AlarmName: string; AlarmDescription: string };
}

const CHINESE = Object.entries(WORDS).map(([name, { next }]): [string, string] => [name, next]);
const TEXTS = [...DESCRIPTIONS, ...CHINESE];

/** The words of each command in a text: a quoted text is one, and the first word that belongs to the sentence ends it. */
function commandsIn(text: string, program: 'npx merge-sync' | 'aws'): string[][] {
  const starts = program === 'aws' ? /\baws (?=(?:logs|lambda|events) )/g : /npx merge-sync /g;
  return [...text.matchAll(starts)].map(({ index, 0: start }) => wordsOf(text.slice(index + start.length)));
}

const PLACEHOLDER = /^(?:[A-Z][A-Z_-]+|\/aws\/\S+)$/;

function wordsOf(text: string): string[] {
  const all = [...text.matchAll(/'[^']*'|"[^"]*"|[^\s，。；、]+/g)].map(([word]) => word.replace(/[.;,:]$/, ''));
  const words: string[] = [];
  for (const [index, word] of all.entries()) {
    const isValue = /^--(?!all$|test$)/.test(words.at(-1) ?? '');
    const isName =
      index === 0 || (index === 1 && /^(logs|lambda|events)$/.test(all[0] ?? '') && AWS[`${all[0]} ${word}`]);
    if (!isName && !isValue && !word.startsWith('--') && !PLACEHOLDER.test(word)) break;
    words.push(word);
  }
  return words;
}

const own = TEXTS.flatMap(([alarm, text]) =>
  commandsIn(text, 'npx merge-sync').map((words): [string, string, string[]] => [alarm, words.join(' '), words]),
);
const ofAws = DESCRIPTIONS.flatMap(([alarm, text]) =>
  commandsIn(text, 'aws').map((words): [string, string, string[]] => [alarm, words.join(' '), words]),
);

it('there are runbooks with commands of both kinds', () => {
  expect(DESCRIPTIONS.length).toBeGreaterThan(25);
  expect([own.length, ofAws.length].every((count) => count > 15)).toBe(true);
});

it.each(own)('%s: merge-sync %s can be typed as it stands', async (_alarm, _line, [name = '', ...words]) => {
  const { code, out } = await run([name, '--help']);
  expect(code).toBe(0);
  const [usage = ''] = /Usage: merge-sync [^\n]*/.exec(out) ?? [];
  const options = words.filter((word) => word.startsWith('--'));
  for (const option of options) expect(out).toMatch(new RegExp(`^ +(-\\w, )?${option}[ ,\\n]`, 'm'));
  const given = words.filter((word, index) => PLACEHOLDER.test(word) && !words[index - 1]?.startsWith('--'));
  // An argument in <> has to stand there, and no default is meant: not the reader's last deployment, not localhost.
  const needed = usage.match(/<[\w-]+>/g) ?? [];
  expect(given.length).toBeGreaterThanOrEqual(needed.length);
  for (const option of ['--prefix', '--tenant', '--url'].filter((one) => new RegExp(`^ +${one} `, 'm').test(out)))
    expect(options).toContain(option);
});

it.each(ofAws)('%s: aws %s can be typed as it stands', (_alarm, _line, [service, action, ...words]) => {
  const known = AWS[`${service} ${action}`];
  const options = words.filter((word) => word.startsWith('--'));
  expect(options.filter((option) => !known?.options.includes(option))).toEqual([]);
  const values = words.filter((_word, index) => words[index - 1]?.startsWith('--'));
  expect([words.length - options.length - values.length, values.length]).toEqual([known?.arguments, options.length]);
});

it.each(DESCRIPTIONS)(
  '%s: where the command wants a tenant, the runbook says how to find out which',
  (_alarm, text) => {
    const { command = '', next = '' } = readRunbook(text) ?? {};
    if (command.includes('--tenant TENANT'))
      expect(next).toMatch(/aws logs tail \S+ --since \w+ --filter-pattern .* names the tenant/);
  },
);

// CloudWatch's limit: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
it.each(DESCRIPTIONS)('%s: the description fits, also with the longest prefix', (_alarm, text) => {
  expect(text.replaceAll('PREFIX', 'p'.repeat(50)).length).toBeLessThanOrEqual(1024);
});
