import manifest from '../../package.json';
import { run } from '../cli/console.ts';
import { ENGLISH_PAGES, readPage, readText } from './page.ts';

const PAGES = ENGLISH_PAGES.map(readPage);
const shell = PAGES.flatMap(({ fences }) => fences.filter(({ language }) => language === 'sh').map(({ code }) => code));
const lines = [...shell.flatMap((code) => code.split('\n')), ...PAGES.flatMap(({ spans }) => spans)].map((line) =>
  line.replace(/ +#.*$/, ''),
);

const commands = lines.filter((line) => line.startsWith('npx merge-sync '));
const optionsOf = (line: string) => line.match(/(?<= )--[a-z][\w-]*/g) ?? [];

describe('what the pages tell to type', () => {
  it.each([...new Set(commands)])('%s: the command and its options exist', async (line) => {
    const [, , name = ''] = line.split(' ');
    const { code, out } = await run([name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: merge-sync ${name} `));
    for (const option of optionsOf(line)) expect(out).toMatch(new RegExp(`${option}[ ,\\n]`));
  });

  it('nothing stands behind --local but an address: the option would take it for one', async () => {
    const helps = ['show', 'who', 'events', 'replay'].map(async (name) =>
      (await run([name, '--help'])).out.split('\n'),
    );
    const typed = [...commands, ...(await Promise.all(helps)).flat().filter((line) => line.includes('npx merge-sync'))];
    expect(typed.filter((line) => / --local +(?!-|http)/.test(line))).toEqual([]);
    expect(typed.filter((line) => line.includes('--local')).length).toBeGreaterThan(2);
  });

  it('every command of merge-sync is there', async () => {
    const { out } = await run(['--help']);
    const names = [...out.matchAll(/^ {2}([a-z-]+) (?:\[|<)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help');
    const shown = new Set(commands.map((line) => line.split(' ')[2]));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(8);
  });

  it('every npm script exists', () => {
    const scripts = lines.flatMap((line) =>
      [...line.matchAll(/\bnpm (?:run )?([a-z:-]+)/g)].map(([, script]) => script),
    );
    const known = [...Object.keys(manifest.scripts), 'ci', 'pack', 'install', 'init', 'pkg'];
    expect(scripts.filter((script) => !known.includes(script ?? ''))).toEqual([]);
    expect(new Set(scripts).size).toBeGreaterThan(5);
  });

  it.each([
    ['npm run simulate -- ', 'test/simulation/simulate.mjs'],
    ['npm run bench:cold -- ', 'test/bench/cold-start.mjs'],
    ['node --import tsx test/bench/hubspot-burst.ts ', 'test/bench/hubspot-burst.ts'],
  ])('options of %s are its own', (start, program) => {
    const help = readText(program);
    const options = lines.filter((line) => line.startsWith(start)).flatMap(optionsOf);
    for (const option of options.filter((one) => one !== '--import')) expect(help).toContain(option);
  });
});
