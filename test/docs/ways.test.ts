import { ENGLISH_PAGES, readText } from './page.ts';

/** `[file.ts](path): \`code\`` says that this code stands in that file. */
const SAID = /\[[^\]]+\]\(([^)\s]+\.(?:ts|mjs|yml))\): `([^`]+)`/g;
const said = ENGLISH_PAGES.filter((file) => !file.includes('/')).flatMap((page) =>
  [...readText(page).matchAll(SAID)].map(([, file = '', code = '']) => ({ page, file, code })),
);

it('the ways of CONTRIBUTING.md lead somewhere', () => {
  expect(said.filter(({ page }) => page === 'CONTRIBUTING.md').length).toBeGreaterThan(6);
});

it.each(said)('$page: $file has $code', ({ file, code }) => {
  expect(readText(file)).toContain(code);
});

it('the last line of `abandon` parks the event, as the example of CONTRIBUTING.md says', () => {
  const [, body = ''] = /async function abandon\([^{]+\{\n(.*?)\n\}/s.exec(readText('lib/merge/apply-event.ts')) ?? [];
  expect(body.split('\n').at(-1)).toContain("{ on: 'park', reason }");
});
