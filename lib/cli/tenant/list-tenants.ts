import { listParameters, readListText } from '../../tenant-list.ts';
import type { Io } from '../io.ts';
import { describeLocal, localUrl } from '../local-stack.ts';
import { prefixOf } from '../service-options.ts';
import { tenantsOf } from './names-in-list.ts';
import { openParameterStore } from './parameter-store.ts';
import { NOT_LISTED, type TenantOptions } from './tenant-options.ts';

interface Row {
  tenant: string;
  door: boolean;
  crm: boolean;
  /** In the list that the functions read; false: known only where the deployment names it. */
  listed: boolean;
}

/** The tenants of a deployment, by the names of their parameters. @throws Refused, UsageError */
export async function listTenants(options: TenantOptions, io: Io): Promise<void> {
  const rows = options.local ? await localRows(options, io) : await deployedRows(options, io);
  if (options.json) return io.out(JSON.stringify(rows));
  for (const row of rows) io.say(lineOf(row, io));
  if (rows.length === 0) io.err('there is no tenant yet: merge-sync tenant put NAME --door FILE --crm FILE makes one');
  if (rows.some(({ listed }) => !listed)) io.err(NOT_LISTED);
}

async function localRows({ local }: TenantOptions, io: Io): Promise<Row[]> {
  const { tenant } = await describeLocal(localUrl(local), io);
  return [{ tenant, door: true, crm: true, listed: true }];
}

async function deployedRows(options: TenantOptions, io: Io): Promise<Row[]> {
  const prefix = `/${prefixOf(options, io)}`;
  const store = await openParameterStore();
  const names = await store.namesBelow(prefix);
  const parts = listParameters(prefix).filter((name) => names.includes(name));
  const texts = await Promise.all(parts.map(async (name) => [name, (await store.read(name))?.text ?? '-'] as const));
  const listed = new Set(texts.flatMap(([name, text]) => readListText(name, text)));
  const tenants = [...tenantsOf(names, prefix)].sort(([one], [other]) => (one < other ? -1 : 1));
  return tenants.map(([tenant, parameters]) => ({ tenant, ...parameters, listed: listed.has(tenant) }));
}

const WORDS = {
  en: { door: 'door', crm: 'crm', listed: 'in the list' },
  zh: { door: 'door', crm: 'crm', listed: '在名单中' },
};

function lineOf({ tenant, ...has }: Row, { language }: Io): string {
  const marks = (['door', 'crm', 'listed'] as const).map((name) => `${has[name] ? '✓' : '–'} ${WORDS[language][name]}`);
  return [tenant, ...marks].join('  ');
}
