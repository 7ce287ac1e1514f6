import * as v from 'valibot';
import { parse, parseDocument } from 'yaml';
import { checkParameters, PARAMETER_NAMES } from '../../infra/parameters.ts';
import { IntakeSettingsSchema, PolicySchema } from '../../lib/config.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY } from '../../lib/crm/hubspot/settings.ts';
import { TenantCrmSchema } from '../../lib/crm/registry.ts';
import { DEFAULT_API_VERSION } from '../../lib/crm/salesforce/salesforce.ts';
import { DEFAULT_ID_FIELD } from '../../lib/crm/salesforce/settings.ts';
import { readEntries } from '../../lib/mapping/entries.ts';
import { CONVERSIONS } from '../../lib/mapping/known-fields.ts';
import { NotifySettingsSchema } from '../../lib/notify/settings.ts';
import { readSourceTree } from '../structure/source-tree.ts';
import { codeIn, readPage, readText, rowsByName, tablesUnder } from './page.ts';

const page = readPage('docs/configuration.md');
const crms = readPage('docs/crms.md');
const [service] = [parseDocument(readText('serverless.yml'), { logLevel: 'silent', merge: true }).toJS()];
const namesIn = (table: Parameters<typeof rowsByName>[0] | undefined) => (table ? [...rowsByName(table).keys()] : []);
const table = (heading: string, index = 0) => tablesUnder(page, heading)[index];

/** Every option of a schema, nested ones with a dot, and its default, if it has one. */
function optionsOf(schema: { entries: Record<string, unknown> }, prefix = ''): Map<string, unknown> {
  const options = Object.entries(schema.entries).flatMap(([name, entry]): [string, unknown][] => {
    const { default: fallback, wrapped } = entry as {
      default?: unknown;
      wrapped?: { entries?: Record<string, unknown> };
    };
    if (wrapped?.entries && name !== 'plainText' && name !== 'policy')
      return [...optionsOf({ entries: wrapped.entries }, `${prefix}${name}.`)];
    return [[`${prefix}${name}`, fallback]];
  });
  return new Map(options);
}

function expectDefaults(rows: Map<string, string[]>, options: Map<string, unknown>, asJson: boolean): void {
  expect([...rows.keys()].sort()).toEqual([...options.keys()].sort());
  for (const [name, fallback] of options)
    if (fallback !== undefined) {
      const text = asJson || typeof fallback !== 'string' ? JSON.stringify(fallback) : fallback;
      expect([name, codeIn(rows.get(name)?.[0])]).toEqual([name, [text]]);
    }
}

describe('the tables of docs/configuration.md', () => {
  it('parameters: those of serverless.yml, with their defaults', () => {
    const rows = rowsByName(table('Parameters of the deployment') as never);
    const { fairQueue, architecture, ...described } = Object.fromEntries(rows);
    const defaults = Object.entries(service.params.default).map(([name, value]) => [
      name,
      value === '' ? '""' : `${value}`,
    ]);
    expect(Object.entries(described).map(([name, [cell]]) => [name, codeIn(cell)[0]])).toEqual(defaults);
    const byRegion = { fairQueue, architecture };
    for (const [name, row] of Object.entries(byRegion)) {
      const [, general] = /, '(\w+)'\}$/.exec(service.custom.parameters[name]) ?? [];
      expect(codeIn(row?.[0])).toEqual([general, ...new Set(Object.values(service.custom[name]) as string[])]);
    }
    expect(Object.keys(service.custom.parameters).sort()).toEqual([...rows.keys()].sort());
    expect(PARAMETER_NAMES.toSorted()).toEqual([...rows.keys()].sort());
  });

  it('group robots: the keys of their settings', () => {
    const names = (entries: object) => Object.keys(entries).sort();
    expect(namesIn(table('Group robots')).sort()).toEqual(names(NotifySettingsSchema.entries));
    const kinds = NotifySettingsSchema.entries.robots.pipe[0].item.options;
    const keys = Object.assign({}, ...kinds.map(({ entries }) => entries));
    expect(namesIn(table('Group robots', 1)).sort()).toEqual(names(keys));
  });

  it('variables: those of each function in serverless.yml', () => {
    const rows = rowsByName(table('Variables of the functions') as never);
    const [, ...functions] = table('Variables of the functions')?.header ?? [];
    for (const [index, name] of functions.slice(0, -1).entries()) {
      const ticked = [...rows].filter(([, cells]) => cells[index] === '✓').map(([variable]) => variable);
      expect([name, ticked.sort()]).toEqual([name, Object.keys(service.functions[name].environment).sort()]);
    }
    expect(Object.keys(service.functions)).toEqual(functions.slice(0, -1));
  });

  it('door settings: those of the schema, with their defaults', () => {
    expectDefaults(rowsByName(table('Intake settings') as never), optionsOf(IntakeSettingsSchema), true);
  });

  it('CRM settings and policy: those of the schemas, with their defaults', () => {
    expectDefaults(rowsByName(table('CRM:') as never), optionsOf(TenantCrmSchema), true);
    expectDefaults(rowsByName(table('CRM:', 1) as never), optionsOf(PolicySchema), true);
  });

  it('the mapping: every key, every conversion', () => {
    const attempt = () => readEntries('x', { remark: { to: 'a', unheardOf: 1 } });
    for (const name of namesIn(table('CRM:', 2))) expect(attempt).toThrow(new RegExp(`known: .*\\b${name}\\b`));
    expect(attempt).toThrow(new RegExp(`known: [^,]*(, [^,]*){${namesIn(table('CRM:', 2)).length - 1}}\\)`));
    const conversions = codeIn(rowsByName(table('CRM:', 2) as never).get('as')?.[1]);
    expect(conversions).toEqual([...CONVERSIONS]);
  });

  const kinds = TenantCrmSchema.entries.crm.options.map((schema) => [schema.entries.kind.literal, schema] as const);
  it.each(kinds)('%s: the options of its settings, with their defaults', (kind, schema) => {
    const tables = tablesUnder(crms, `\`${kind}\``);
    const rows = rowsByName(tables.at(-1) as never);
    const { kind: _kind, ...entries } = schema.entries;
    expect(codeIn(rows.get('kind')?.[1])).toEqual([`"${kind}"`]);
    rows.delete('kind');
    expectDefaults(rows, optionsOf({ entries }), false);
    for (const [name, fallback] of Object.entries(BUILT_IN[kind] ?? {}))
      expect(codeIn(rows.get(name)?.[0])).toEqual([fallback]);
  });

  it('every kind of CRM has a section, and no section is of another', () => {
    const sections = crms.headings.filter(({ level }) => level === 2).flatMap(({ text }) => codeIn(text));
    expect(sections).toEqual(kinds.map(([kind]) => kind));
  });

  it('variables of npm start: those that lib/local reads', () => {
    const read = Object.entries(readSourceTree())
      .filter(([file]) => file.startsWith('lib/local/') || file === 'lib/sentence.ts')
      .flatMap(([, code]) => [...code.matchAll(/(?<!process\.)\benv\.([A-Z_]{3,})|\((?:env, )?'([A-Z][A-Z_]+)'[,)]/g)])
      .map(([, member, argument]) => member ?? argument);
    expect(namesIn(table('Variables of `npm start`')).sort()).toEqual([...new Set(read)].sort());
  });
});

/** Defaults that adapters have, not their settings. */
const BUILT_IN: Record<string, Record<string, string>> = {
  hubspot: { idProperty: HUBSPOT_ID_PROPERTY, absorbedIdsProperty: HUBSPOT_ABSORBED_IDS_PROPERTY },
  salesforce: { idField: DEFAULT_ID_FIELD, apiVersion: DEFAULT_API_VERSION },
  tryton: { identifierPrefix: 'dustess:' },
};

describe('the JSON of the pages', () => {
  const fences = ['README.md', 'docs/deploy.md', 'docs/configuration.md'].flatMap((file) => readPage(file).fences);
  const json = fences.filter(({ language }) => language === 'json').map(({ code }) => JSON.parse(code));

  it('is what the settings take', () => {
    const doors = json.filter(({ keys }) => keys);
    const crms = json.filter(({ crm }) => crm);
    const mappings = json.filter(({ remark }) => remark);
    expect([doors.length, crms.length, mappings.length]).toEqual([1, 1, 1]);
    for (const door of doors) expect(v.is(IntakeSettingsSchema, door)).toBe(true);
    for (const crm of crms) expect(v.is(TenantCrmSchema, crm)).toBe(true);
    for (const mapping of mappings)
      expect(readEntries('docs/configuration.md', mapping)).toHaveLength(Object.keys(mapping).length);
  });
});

it('the block of parameters in docs/deploy.md is one that the deployment takes', () => {
  const [block] = readPage('docs/deploy.md').fences.filter(({ language }) => language === 'yaml');
  const { params } = parse(block?.code ?? '');
  expect(() => checkParameters(params.prod)).not.toThrow();
  expect(Object.keys(params.prod)).toEqual(['tenants', 'alarmEmail']);
});
