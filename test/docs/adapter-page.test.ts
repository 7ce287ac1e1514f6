import { readPage, readText, rowsByName, tablesUnder } from './page.ts';

const page = readPage('docs/adapter.md');
const blocks = page.fences.filter(({ language }) => language === 'ts').map(({ code }) => code);

/** As the files are called in a project of one's own. */
const asOwn = (code: string) =>
  code.replace('./example-crm.ts', './acme-crm.ts').replace('./example-crm-server.ts', './acme-server.ts');

describe('docs/adapter.md', () => {
  it('shows the adapter that is tested', () => {
    const adapter = readText('test/docs/example-crm.ts');
    expect(blocks[0]).toBe(adapter);
    expect(adapter.split('\n').length).toBeLessThan(120);
  });

  it('shows the call of the suite that is run', () => {
    expect(blocks[1]).toBe(asOwn(readText('test/docs/example-contract.test.ts')));
  });

  it('shows the tests of the cassette and the receiver that are run', () => {
    const cassette = readText('test/docs/example-cassette.test.ts');
    expect(blocks[2]).toBe(cassette.slice(cassette.indexOf("it('a cassette is recorded")));
    expect(blocks.at(-1)).toBe(readText('test/docs/example-receiver.ts'));
  });

  it('shows the registration that is tested', () => {
    const registration = asOwn(readText('test/docs/example-adapter.ts'));
    for (const file of ['docs/adapter.md', 'docs/adapter.zh-CN.md'])
      expect(readPage(file).fences.map(({ code }) => code)).toContain(registration);
  });

  it('tells how long the adapter for a CRM without a merge is', () => {
    const lines = readText('test/docs/careful-crm.ts').trimEnd().split('\n').length;
    expect(readText('docs/adapter.md')).toContain(`the whole of such an adapter, in ${lines} lines`);
    expect(readText('docs/adapter.zh-CN.md')).toContain(`共 ${lines} 行`);
  });

  it('explains every kind of error, every rule and everything a world has', () => {
    const [kinds = '', rules = '', world = ''] = [
      /type CrmFailure =([^;]+);/.exec(readText('lib/errors.ts'))?.[1],
      /interface RecordCrmRules \{(.+?)\n\}/s.exec(readText('lib/ports.ts'))?.[1],
      /interface RecordCrmWorld \{(.+?)\n\}/s.exec(readText('test/contracts/record-crm-world.ts'))?.[1],
    ];
    expect(names('Kinds of errors')).toEqual([...kinds.matchAll(/'([a-z-]+)'/g)].map(([, kind]) => kind));
    expect(names('The contract')).toEqual(membersOf(rules));
    expect(names('Run the suite').sort()).toEqual(
      membersOf(world)
        .filter((name) => name !== 'faults')
        .sort(),
    );
  });
});

const names = (heading: string) => tablesUnder(page, heading).flatMap((table) => [...rowsByName(table).keys()]);
const membersOf = (body: string) => [...body.matchAll(/^ {2}(\w+)\??[:(]/gm)].map(([, name = '']) => name);

it('docs/crms.md shows the check of a signature that is tested', () => {
  const shown = readPage('docs/crms.md').fences.find(({ language }) => language === 'ts')?.code ?? '';
  expect(shown).toContain('isGenuine');
  expect(readText('test/docs/example-receiver.ts')).toContain(shown);
});
