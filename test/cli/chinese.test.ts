import path from 'node:path';
import TABLE from '../../lib/cli/chinese.json';
import { chineseName, inChinese } from '../../lib/cli/chinese.ts';
import { columnsOf } from '../../lib/local/story/wrap.ts';
import { run } from './console.ts';
import { filesBelow, proseIn } from './english-texts.ts';

const root = path.join(__dirname, '../..');
const HAN = /\p{Script=Han}/u;

/** Where what the command says is written; event-words.ts, forget-words.ts and summary.ts have their Chinese in themselves, scripts for shells have none. */
const FILES = [
  ...filesBelow(root, 'lib/cli').filter(
    (file) => !/event-words|forget-words|chinese|link\/summary|completion-scripts/.test(file),
  ),
  ...filesBelow(root, 'lib/crm').filter((file) =>
    /doctor|vendor-dates|\/failures|base-url|no-answer|webhooks/.test(file),
  ),
  ...['entries', 'convert', 'moment', 'describe-check', 'property-conflicts'].map((name) => `lib/mapping/${name}.ts`),
];

/** Options, addresses, commands, headers, names of products; what HubSpot and the demo CRM get; commander's own words. */
const NO_PROSE =
  /^(merge-sync: \{\}$|\(merge-sync \{\}--help|(Token|EncodingAESKey|webhook-id|code|Tryton|contact) +\{\}$|bad port$|\s*(npx|jq|source) |-|[a-z/]+:\/\/|application\/json|mobile,email$|Standard Webhooks v1$|Dustess |The contact’s id in|Ids in 尘锋 SCRM of)/;
const isProse = (line: string) =>
  /[a-z]{2,}[^ ]* +[^ ]|^, [a-z]/.test(line) && /[a-z]{3,}/.test(line.replaceAll('{}', '')) && !NO_PROSE.test(line);

const lines = proseIn(root, FILES, () => true)
  .flatMap(({ file, text }) => text.split('\n').map((line) => ({ file, line: line.trim() })))
  .filter(({ line }) => isProse(line));

/** A line as it may be said: each place has a value of its own. */
function sample(line: string): { said: string; values: string[] } {
  const values: string[] = [];
  const said = line.replaceAll('{}', () => {
    values.push(`v${values.length + 1}`);
    return values.at(-1) ?? '';
  });
  return { said, values };
}

describe('the command in a Chinese terminal', () => {
  it('its English sentences are found', () => {
    expect(lines.length).toBeGreaterThan(250);
  });

  it.each([...new Map(lines.map(({ line, file }) => [line, file]))])('has Chinese for “%s” of %s', (line) => {
    const { said, values } = sample(line);
    const chinese = chineseName(said);
    expect(chinese).toMatch(HAN);
    for (const value of values) expect(chinese).toContain(value);
  });

  it.each(Object.entries(TABLE))('“%s” is said by its own Chinese, with every value', (english, chinese) => {
    const { said, values } = sample(english);
    let next = 0;
    const wanted = chinese.replace(/\{(\d*)\}/g, (_, number) => `v${number || ++next}`);
    expect(chineseName(said)).toBe(wanted);
    for (const value of values) expect(wanted).toContain(value);
  });

  it('leaves alone what is not its own: an id, a line of a file, a word', () => {
    for (const text of ['there', 'clock', 'd7ed8618-6180-4ded', 'Ada Lovelace', '{"a": 1}', ''])
      expect(inChinese(text)).toBe(text);
  });

  it('says every problem of a mapping in Chinese', async () => {
    const mapping = JSON.stringify({ mobiles: { to: 'phone', as: 'phonez' }, remark: { t: 'x' }, remrk: 'x', uid: 7 });
    const { err } = await run(['map', '--check', 'm.json'], {
      env: { LANG: 'zh_CN.UTF-8' },
      files: { 'm.json': mapping },
    });
    expect(err).toMatch(HAN);
    expect(err.replaceAll(/`[^`]*`|"[^"]*"/g, '')).not.toMatch(/[a-z]{3,} [a-z]{2,}/);
  });

  it('says usage errors in Chinese, and exits as it does in English', async () => {
    for (const args of [
      ['bogus'],
      ['events', '--limit', '0'],
      ['who'],
      ['who', 'a', 'b'],
      ['map'],
      ['send', '--nosuch'],
    ]) {
      const zh = await run(args, { env: { LANG: 'zh_CN.UTF-8' } });
      const en = await run(args, { env: {} });
      expect(zh.code).toBe(en.code);
      expect(zh.err).toMatch(HAN);
      expect(zh.err).not.toMatch(/error:|says more/);
      expect(en.err).toMatch(/^error: /);
    }
  });

  it.each(['zh_CN.UTF-8', 'en_US.UTF-8'])('breaks its help between words in a narrow terminal: %s', async (LANG) => {
    const { out } = await run(['settle', '--help'], { env: { LANG }, columns: { out: 60, err: 60 } });
    const options = out.split('\n').filter((line) => /^ {2}/.test(line) && !line.includes('npx merge-sync'));
    expect(options.length).toBeGreaterThan(9);
    for (const line of options) expect(columnsOf(line)).toBeLessThanOrEqual(60);
  });
});
