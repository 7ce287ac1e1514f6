import { ageIn, TEXTS, type TextName, tellIn } from '../../lib/console/texts/texts.ts';

const names = Object.entries(TEXTS).flatMap(([page, texts]) =>
  Object.entries(texts as Record<string, { en: string; zh: string }>).map(([name, text]) => ({
    name: `${page}.${name}`,
    ...text,
  })),
);
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the texts of the console', () => {
  it.each(names)('$name stands in both languages, with the same places to fill in', ({ name, en, zh }) => {
    expect([en.trim(), zh.trim()]).not.toContain('');
    expect(holes(zh)).toEqual(holes(en));
    if (name !== 'frame.otherLanguage') expect(en).not.toMatch(/(?!尘锋)[\u4e00-\u9fff]{2}/);
  });

  it('are all used, and every one that a page asks for is there', () => {
    expect(names.length).toBeGreaterThan(100);
    for (const { name } of names) expect(tellIn('en')(name as TextName)).not.toBe('');
  });

  it.each([
    [5_000, '5 s', '5 秒'],
    [89_000, '89 s', '89 秒'],
    [600_000, '10 min', '10 分钟'],
    [7_200_000, '2 h', '2 小时'],
    [259_200_000, '3 days', '3 天'],
    [-1, '0 s', '0 秒'],
  ])('%i ms are %s', (ms, en, zh) => {
    expect([ageIn('en', ms), ageIn('zh', ms)]).toEqual([en, zh]);
  });
});
