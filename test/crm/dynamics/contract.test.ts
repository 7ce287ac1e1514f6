import { createDynamicsCrm } from '../../../lib/crm/dynamics/dynamics.ts';
import type { Json } from '../../../lib/json.ts';
import type { PropertyValues } from '../../../lib/ports.ts';
import { recordCrmContract } from '../../contracts/record-crm.ts';
import { guid } from '../../lookalikes/dynamics/org.ts';
import { CREDENTIALS, createDynamicsLookalike, type DynamicsLookalike, ID_COLUMN } from '../../lookalikes/dynamics.ts';

const COLOURS = ['red', 'green', 'blue'];

for (const idsNotUnique of [false, true]) {
  recordCrmContract(`dynamics (ids ${idsNotUnique ? 'without' : 'with'} an alternate key)`, async (tools) => {
    const lookalike = createDynamicsLookalike({ quirks: { idsNotUnique } });
    const { url, close } = await lookalike.listen();
    const options = { ...CREDENTIALS, ...tools, environmentUrl: url, loginUrl: url, idColumn: ID_COLUMN };
    const adapter = createDynamicsCrm({ ...options, allowInsecure: false, now: Date.now });
    await adapter.locate([guid(1)]); // Signed in, so that a fault meets the operation and not the sign-in.
    const crm = withNames(adapter);
    const seed = async (contactId: string, values: PropertyValues) =>
      lookalike.seed(
        contactId,
        Object.fromEntries(Object.entries(values).map(([name, value]) => [name, stored(value)])),
      );
    return {
      crm,
      properties: { text: 'nickname', note: 'description', colours: 'new_colours' },
      typed: [
        { property: 'birthdate', value: '2024-02-29', shows: '2024-02-29' },
        { property: 'lastonholdtime', value: '2024-02-29T23:59:59.000Z', shows: '2024-02-29T23:59:59.000Z' },
        { property: 'annualincome', value: -12345.67, shows: '-12345.67' },
        { property: 'donotphone', value: true, shows: 'true' },
        { property: 'donotphone', value: false, shows: 'false' },
      ],
      refused: { jobtitle: 'x'.repeat(2_001) },
      seed,
      ...(idsNotUnique && { seedTwin: seed }),
      records: async () => recordsOf(lookalike),
      absorbed: () => lookalike.org.absorbed(),
      unknownRecordId: guid(999_999),
      async close() {
        await close();
        expect(lookalike.violations).toEqual([]);
      },
    };
  });
}

/** Choices are numbers in Dataverse; the suite has their names. */
const numberOf = (name: string) => String(COLOURS.indexOf(name) + 1);
const stored = (value: PropertyValues[string]): Json => (Array.isArray(value) ? value.map(numberOf).join(',') : value);

function withNames(crm: ReturnType<typeof createDynamicsCrm>): ReturnType<typeof createDynamicsCrm> {
  return {
    ...crm,
    update: (recordId, { values, ...write }) => {
      const numbered = Object.entries(values).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.map(numberOf) : value,
      ]);
      return crm.update(recordId, { ...write, values: Object.fromEntries(numbered) });
    },
  };
}

function recordsOf({ org }: DynamicsLookalike) {
  const alive = [...org.contacts.values()].filter(({ master }) => master === undefined);
  return alive.map(({ id, values }) => ({
    recordId: id,
    contactId: values.has(ID_COLUMN) ? String(values.get(ID_COLUMN)) : undefined,
    values: {
      ...Object.fromEntries([...values].map(([name, value]) => [name, String(value)])),
      new_colours: String(values.get('new_colours') ?? '')
        .split(',')
        .flatMap((one) => COLOURS[Number(one) - 1] ?? []),
    },
  }));
}
