import { readSourceTree } from '../structure/source-tree.ts';
import { readText } from './page.ts';

const YAML = ['alarms', 'api', 'functions', 'metrics', 'notifications', 'outputs', 'queues', 'roles', 'tables'];
const shipped = Object.entries(readSourceTree()).filter(([file]) => /^(lib|functions|infra)\//.test(file));
const texts = [
  ...shipped,
  ...YAML.map((name): [string, string] => [`infra/${name}.yml`, readText(`infra/${name}.yml`)]),
];

it('what rests on a page of a vendor says its address, not “the vendor’s page”', () => {
  const vague = /vendor['’]s (?:\w+ )?(?:page|guide|manual|sdk|docs|documentation)\b/i;
  expect(texts.filter(([, text]) => vague.test(text)).map(([file]) => file)).toEqual([]);
  expect(texts.length).toBeGreaterThan(100);
});

it('nothing cites a page that the repository does not have', () => {
  const cited = texts.flatMap(([file, text]) =>
    [...text.matchAll(/(?<![\w/.-])((?:docs\/)?[\w-]+\.md)\b/g)].map(([, page = '']) => ({ file, page })),
  );
  const missing = cited.filter(({ page }) => !exists(page));
  expect(missing).toEqual([]);
  expect(cited.length).toBeGreaterThan(2);
});

function exists(page: string): boolean {
  try {
    readText(page);
    return true;
  } catch {
    return false;
  }
}
