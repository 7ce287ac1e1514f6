import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { costsOf, type PriceList, pricesOf } from '../../infra/cost/price-list.ts';
import list from '../../infra/cost/prices.json';
import { type Month, usageOf } from '../../infra/cost/usage.ts';
import counts from '../requests/counts.json';

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);
const prices = list as PriceList;
const MONTH: Month = {
  events: 1_000_000,
  losers: 1,
  crm: 'http',
  tenants: 1,
  receiveMs: 20,
  applyMs: 800,
  fair: true,
  alarms: 24,
  metrics: 13,
};
const quantity = (month: Month, what: string) => usageOf(month, counts).find((line) => line.what === what)?.quantity;
const cost = (...args: string[]) =>
  run(process.execPath, ['infra/run.mjs', 'infra/cost/program.ts', ...args], { cwd: ROOT });

describe('what a month costs', () => {
  it('takes the written units that test/requests counts, and HubSpot’s pace on top: one for each of its calls', () => {
    const written = 'DynamoDB, written units';
    expect(quantity(MONTH, written)).toBe(counts.command['1'].writeUnits);
    expect(quantity({ ...MONTH, crm: 'hubspot' }, written)).toBe(counts.record['1'].writeUnits + 3);
    const [one, two] = [counts.command['1'].writeUnits, counts.command['2'].writeUnits];
    expect(quantity({ ...MONTH, losers: 1.5 }, written)).toBeCloseTo((one + two) / 2, 6);
  });

  it.each(Object.keys(prices.regions))(
    'every line of %s has a price or says that none was found, and a source',
    (name) => {
      const region = pricesOf(prices, name);
      for (const line of costsOf(usageOf(MONTH, counts), region)) {
        expect(line.source).toMatch(/^(https:\/\/|serverless\.yml)/);
        expect(line.unitPrice === null).toBe(line.cost === undefined);
      }
    },
  );

  it('the dearest line comes first, those without a price last', () => {
    const costs = costsOf(usageOf(MONTH, counts), pricesOf(prices, 'us-east-1')).map((line) => line.cost ?? -1);
    expect(costs).toEqual([...costs].sort((a, b) => b - a));
  });

  it.each([
    [['--region', 'mars'], '--region mars is not in the price list: try us-east-1, cn-north-1, cn-northwest-1'],
    [['--losers', '0.5'], '--losers must be a number from 1 on'],
    [['--events', '0x10'], '--events must be a number from 0 on'],
    [['--events', ''], '--events must be a number from 0 on'],
    [['--crm', 'sap'], '--crm must be one of http, hubspot, salesforce, tryton'],
    [['--event', '7'], "Unknown option '--event'"],
  ])(
    '%j is refused with what to give instead',
    async (args, message) => {
      await expect(cost(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    },
    120_000,
  );

  it('counts every custom metric of the template, unless it is told how many have data', async () => {
    const costs = async (...args: string[]) => JSON.parse((await cost('--json', ...args)).stdout).month.metrics;
    expect(await costs()).toBeGreaterThan(10);
    expect(await costs('--metrics', '2')).toBe(2);
  }, 120_000);

  it('China has a price for all but storage and keys, and says that it is not verified', async () => {
    const { stdout } = await cost('--region', 'cn-north-1', '--json');
    const without = JSON.parse(stdout).costs.filter(
      ({ unitPrice }: { unitPrice: number | null }) => unitPrice === null,
    );
    expect(without.map(({ what }: { what: string }) => what)).toEqual([
      'DynamoDB, stored, a month',
      'DynamoDB, backup, a month',
      'KMS, for SSM parameters',
    ]);
    expect(list.note).toContain('none is verified');
  }, 120_000);

  it('prints JSON for scripts', async () => {
    const { stdout } = await cost('--region', 'cn-northwest-1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ region: 'cn-northwest-1', currency: 'CNY', day: list.day });
  }, 120_000);
});
