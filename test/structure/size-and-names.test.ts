import { barrels, factsOf, tooLong, vagueNames } from './rules.ts';
import { readSourceTree } from './source-tree.ts';

const sources = readSourceTree();
const facts = factsOf(sources);
const shipped = new Map([...facts].filter(([file]) => !file.startsWith('test/')));

const LONGER_ON_PURPOSE = {
  'lib/ledger/reason-table.ts': 370, // One table: every reason with its texts.
  'lib/ports.ts': 160, // Every port in one place.
  'lib/ledger/transition-table.ts': 330, // One table: every move of an event.
};

describe('the source tree', () => {
  it('is read: lib, functions, infra and test', () => {
    const tops = new Set(Object.keys(sources).map((file) => file.split('/')[0]));
    expect([...tops].sort()).toEqual(['functions', 'infra', 'lib', 'test']);
  });

  it('has no barrel file and no name that says nothing', () => {
    expect(barrels(facts)).toEqual([]);
    expect(vagueNames(facts)).toEqual([]);
  });

  it('keeps files within 150 lines of code and functions within 40', () => {
    expect(tooLong(shipped, LONGER_ON_PURPOSE)).toEqual([]);
  });
});

describe('the rules have teeth', () => {
  it('a barrel and a vague name are found', () => {
    expect(barrels(factsOf({ 'lib/crm/index.ts': "export * from './hubspot.ts';" }))).toHaveLength(1);
    const named = ['lib/merge/utils.ts', 'lib/common/a.ts', 'lib/crm/http-helpers.ts'];
    expect(vagueNames(factsOf(Object.fromEntries(named.map((name) => [name, '']))))).toEqual(named);
  });

  it('lines of code are counted without comments and blank lines, functions without those inside them', () => {
    const lines = (count: number) => 'a();\n'.repeat(count);
    expect(tooLong(factsOf({ 'lib/a.ts': `/**\n * é\n */\n// b\n\n${lines(150)}` }))).toEqual([]);
    expect(tooLong(factsOf({ 'lib/a.ts': lines(151) }))).toEqual(['lib/a.ts: 151 lines of code']);
    expect(tooLong(factsOf({ 'lib/a.ts': lines(151) }), { 'lib/a.ts': 151 })).toEqual([]);
    expect(tooLong(factsOf({ 'lib/a.ts': lines(99) }), { 'lib/a.ts': 151 })).toEqual(['lib/a.ts: needs no allowance']);
    const inner = `const inner = () => {\n${lines(35)}};\n`;
    expect(tooLong(factsOf({ 'lib/a.ts': `function outer() {\n${inner}${lines(35)}}` }))).toEqual([]);
    expect(tooLong(factsOf({ 'lib/a.ts': `// é\nfunction f() {\n${lines(39)}}` }))).toEqual([
      'lib/a.ts: f in line 2, 41 lines of code',
    ]);
  });
});
