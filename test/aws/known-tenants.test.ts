import { createKnownTenants, createListReader } from '../../lib/aws/known-tenants.ts';
import { ConfigError, StoreError } from '../../lib/errors.ts';
import { createLog } from '../../lib/log.ts';
import { listParameterOf, listParameters, listText } from '../../lib/tenant-list.ts';
import { type ParameterStore, startParameterStore } from '../contracts/parameter-store.ts';

jest.setTimeout(120_000);

const PREFIX = '/merge-sync-prod';
const MINUTE = 60_000;
const clock = { now: 0 };
let store: ParameterStore;
const lines: { [name: string]: unknown }[] = [];

beforeAll(async () => {
  store = await startParameterStore();
  process.env.AWS_ENDPOINT_URL_SSM = store.url;
});
beforeEach(() => {
  clock.now = Date.UTC(2026, 0, 1);
  store.parameters.clear();
  store.takeOperations();
  lines.length = 0;
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_SSM;
  await store.close();
});

function open(read = createListReader()) {
  const now = () => clock.now;
  const log = createLog((line) => lines.push(JSON.parse(line)), now);
  return createKnownTenants({ read, prefix: PREFIX, deployed: ['main'], now, log });
}

function list(names: string[]): void {
  for (const parameter of listParameters(PREFIX)) {
    const own = names.filter((name) => listParameterOf(PREFIX, name) === parameter);
    if (own.length > 0) store.set(parameter, listText(own), 'String');
  }
}

const stranger = (number: number) => `stranger-${number}`;
const longest = (number: number) => `${number}-`.padEnd(63, 'x');

describe('which tenants there are', () => {
  it('those of the deployment cost no request, those of the list one for all of them', async () => {
    list(['acme', 'outlet']);
    const { has } = open();
    expect(await has('main')).toBe(true);
    expect(store.takeOperations()).toEqual([]);
    expect(await Promise.all([has('acme')])).toEqual([true]);
    expect([await has('outlet'), await has('acme')]).toEqual([true, true]);
    expect(store.takeOperations()).toEqual(['GetParameters']);
  });

  it('a thousand strangers cost no more than one: a request every five minutes', async () => {
    list(['acme']);
    const { has } = open();
    for (let number = 0; number < 1_000; number += 1) expect(await has(stranger(number))).toBe(false);
    expect(store.takeOperations()).toEqual(['GetParameters']);
    clock.now += 5 * MINUTE;
    for (let number = 0; number < 1_000; number += 1) await has(stranger(number));
    expect(store.takeOperations()).toEqual(['GetParameters']);
  });

  it('what cannot be a name is no tenant, without a look', async () => {
    const { has } = open();
    for (const name of ['', '__proto__', 'a/b', '../main', 'A', 'x'.repeat(64), 'a,b', '-'])
      expect(await has(name)).toBe(false);
    expect(store.takeOperations()).toEqual([]);
  });

  it.each([
    [1, stranger],
    [1_000, stranger],
    [1_000, longest],
  ])('%i tenants are one request, whatever their names are', async (count, nameOf) => {
    const names = Array.from({ length: count }, (_, number) => nameOf(number));
    list(names);
    for (const { text } of store.parameters.values()) expect(text.length).toBeLessThanOrEqual(8_192);
    const known = open();
    for (const name of names) expect(await known.has(name)).toBe(true);
    expect((await known.listed()).sort()).toEqual([...names].sort());
    expect(store.takeOperations()).toEqual(['GetParameters']);
  });

  it('a thousand names of usual length need no advanced parameter', () => {
    list(Array.from({ length: 1_000 }, (_, number) => `tenant-of-a-customer-${number}`));
    for (const { text } of store.parameters.values()) expect(text.length).toBeLessThanOrEqual(4_096);
  });

  it('one that comes or goes is known within five minutes', async () => {
    list(['acme']);
    const { has } = open();
    expect(await has('outlet')).toBe(false);
    store.parameters.clear();
    list(['outlet']);
    clock.now += 5 * MINUTE - 1;
    expect([await has('acme'), await has('outlet')]).toEqual([true, false]);
    clock.now += 1;
    expect([await has('acme'), await has('outlet')]).toEqual([false, true]);
  });
});

describe('while the list cannot be read', () => {
  const failing = (error: Error) => jest.fn().mockRejectedValue(error);

  it('no stranger makes SSM busier: a failure is kept for ten seconds, and nothing is taken for unknown', async () => {
    const read = failing(new StoreError('SSM: no answer'));
    const { has } = open(read);
    for (let number = 0; number < 100; number += 1) await expect(has(stranger(number))).rejects.toThrow(StoreError);
    expect(read).toHaveBeenCalledTimes(1);
    expect(await has('main')).toBe(true);
    clock.now += 10_000;
    await expect(has('acme')).rejects.toThrow(StoreError);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('the one in hand serves for fifteen minutes past its age, and the log says so', async () => {
    const name = listParameterOf(PREFIX, 'acme');
    const read = jest
      .fn()
      .mockResolvedValueOnce(new Map([[name, 'acme']]))
      .mockRejectedValue(new StoreError('SSM: no answer'));
    const { has } = open(read);
    expect(await has('acme')).toBe(true);
    clock.now += 19 * MINUTE;
    expect([await has('acme'), await has('stranger')]).toEqual([true, false]);
    expect(lines).toMatchObject([{ message: 'list of tenants served past its age', metric: 'settings-stale' }]);
    clock.now += MINUTE;
    await expect(has('acme')).rejects.toThrow(StoreError);
  });

  it('a list that was broken by hand is an error that names the parameter', async () => {
    const name = listParameterOf(PREFIX, 'acme');
    store.set(name, 'acme, outlet', 'String');
    const { has } = open();
    await expect(has('acme')).rejects.toThrow(ConfigError);
    await expect(has('acme')).rejects.toThrow(name);
  });
});
