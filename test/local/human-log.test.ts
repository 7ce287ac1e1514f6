import { REASONS } from '../../lib/ledger/reason-table.ts';
import { createHumanLog } from '../../lib/local/human-log.ts';
import { MESSAGES, reasonInChinese } from '../../lib/local/log-words.ts';
import { localClock, localTime } from '../../lib/local-time.ts';
import type { Language } from '../../lib/sentence.ts';
import { readSourceTree } from '../structure/source-tree.ts';

const AT = Date.UTC(2026, 10, 26, 19, 0, 40);

function linesOf(language: Language, width: number, tell: (log: ReturnType<typeof createHumanLog>) => void): string[] {
  const lines: string[] = [];
  tell(createHumanLog({ write: (line) => lines.push(...line.split('\n')), now: () => AT, language, width }));
  return lines;
}

describe('the log of npm start, for a person', () => {
  it('B7: every time has its zone beside it', () => {
    const [line = ''] = linesOf('en', 120, (log) => log.info('event finished', { tenant: 'local', eventId: 'e1' }));
    expect(line).toBe(`${localClock(AT)}  event finished  local/e1`);
    expect(localTime(AT)).toMatch(
      /^2026-11-2[67] \d\d:00:40 [+-]\d\d:\d\d$|^2026-11-2[67] \d\d:[1-5]\d:40 [+-]\d\d:\d\d$/,
    );
    expect(localTime(AT).endsWith(localClock(AT))).toBe(true);
  });

  it('a control character in an id does not reach the terminal', () => {
    const [line = ''] = linesOf('en', 120, (log) =>
      log.warn('event state changed', { eventId: 'told\u001b[2J\u202e' }),
    );
    expect(line).toMatch(/told\uFFFD\[2J\uFFFD$/);
  });

  it.each<Language>(['en', 'zh'])('fits 60 columns: %s', (language) => {
    const eventId = 'd7ed8618-6180-4ded-a5a5-a315369e6b1e';
    const lines = linesOf(language, 60, (log) =>
      log.warn('event state changed', { tenant: 'local', eventId, state: 'parked', reason: 'loser-claimed-twice' }),
    );
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(60);
  });

  it('B8: every message that can be logged under npm start has Chinese words', () => {
    const isDeployedOnly = (file: string) => /^(functions|lib)\/notify\//.test(file);
    const sources = Object.entries(readSourceTree()).filter(
      ([file]) => /^(functions|lib)\//.test(file) && !isDeployedOnly(file),
    );
    const logged = sources.flatMap(([, code]) => [
      ...[...code.matchAll(/\blog\.(?:info|warn|error)\(\s*'([^']+)'/g)].map(([, message]) => message ?? ''),
      ...[...code.matchAll(/\bwrite\([^)]*?\? '([^']+)' : '([^']+)'/g)].flatMap(([, one, other]) => [
        one ?? '',
        other ?? '',
      ]),
    ]);
    expect(new Set(logged).size).toBeGreaterThan(10);
    expect([...new Set(logged)].filter((message) => !Object.hasOwn(MESSAGES, message))).toEqual([]);
  });

  it('B8: every reason has Chinese words, with its code beside them', () => {
    for (const reason of Object.keys(REASONS))
      expect(reasonInChinese(reason)).toMatch(new RegExp(`^[^a-z]*.*（${reason}）$`));
    expect(reasonInChinese('unreadable:mainID')).toMatch(/[\u4e00-\u9fff].*（unreadable:mainID）$/);
    expect(reasonInChinese('plain-text-off')).toBe('未开启明文推送（plain-text-off）');
  });
});
