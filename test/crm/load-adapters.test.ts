import path from 'node:path';
import { adapterFiles, adaptersIn } from '../../lib/crm/load-adapters.mjs';
import { acmeAdapter } from '../docs/example-adapter.ts';

it('files are named by --adapter, as often as there are any, and by $ADAPTERS', () => {
  const args = ['doctor', '--adapter', './a.js', '--crm', 'crm.json', '--adapter=./b.js'];
  expect(adapterFiles(args, { ADAPTERS: ['./c.js', './d.js'].join(path.delimiter) })).toEqual({
    files: ['./a.js', './b.js', './c.js', './d.js'],
    rest: ['doctor', '--crm', 'crm.json'],
  });
  expect(adapterFiles(['doctor'], {})).toEqual({ files: [], rest: ['doctor'] });
});

it.each([['--adapter'], ['--adapter=']])('%s without a file is refused, with what to do', (arg) => {
  expect(() => adapterFiles([arg], {})).toThrow('--adapter needs a file, as in --adapter ./my-adapter.js');
});

it('of what a file exports, each adapter is taken once, under whatever name', () => {
  expect(adaptersIn('./a.js', { default: acmeAdapter, acmeAdapter, create: () => undefined, URL: 'x' })).toEqual([
    acmeAdapter,
  ]);
  expect(() => adaptersIn('./a.js', { open: () => undefined })).toThrow('./a.js exports no adapter');
});
