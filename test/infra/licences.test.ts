import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = path.join(__dirname, '..', '..', 'infra', 'licences.mjs');
const licences = async (...args: string[]) => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args], { maxBuffer: 10_000_000 });
  return stdout;
};
jest.setTimeout(600_000);

interface Component {
  name: string;
  purl: string;
  licenses: { license: { id: string } }[];
  properties: { value: string }[];
}

// Licences that ask for nothing but their text: none that a closed product could not ship.
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT'];

describe('the bill of materials', () => {
  let components: Component[];
  beforeAll(async () => {
    components = JSON.parse(await licences('--sbom')).components;
  });
  const shippedIn = (name: string) =>
    components.find((one) => one.name === name)?.properties.map(({ value }) => value) ?? [];

  it('says of each package in what it is shipped', () => {
    expect(shippedIn('@aws-sdk/client-dynamodb')).toEqual(expect.arrayContaining(['merge-sync', 'apply', 'receive']));
    expect(shippedIn('fast-xml-parser')).toEqual(['merge-sync', 'apply']);
    expect(shippedIn('hono')).toEqual(['merge-sync']);
  });

  it('has nothing that only tests and tools need', () => {
    for (const tool of ['jest', 'typescript', 'esbuild', 'dynalite']) expect(shippedIn(tool)).toEqual([]);
  });

  it('every package shipped has a permissive licence', () => {
    const others = components.filter(({ licenses }) => !PERMISSIVE.includes(licenses[0]?.license.id ?? ''));
    expect(others.map(({ purl }) => purl)).toEqual([]);
  });
});

it('a table names package, version, licence and place, and counts', async () => {
  const lines = (await licences()).trim().split('\n');
  expect(lines[0]).toMatch(/^@aws-sdk\/client-dynamodb@[\d.]+ +Apache-2\.0 +merge-sync, /);
  expect(lines.at(-1)).toMatch(/^\d+ packages: Apache-2\.0 \d+, /);
});
