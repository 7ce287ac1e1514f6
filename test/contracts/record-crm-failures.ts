import type { CrmError } from '../../lib/errors.ts';
import type { RecordCrm } from '../../lib/ports.ts';
import type { Failing, Fault } from './faulty-fetch.ts';
import { expectCrmError, type OpenWorld, type Operation, type RecordCrmWorld } from './record-crm-world.ts';

const SECRET = 'Zhang-13800138000';
const SILENCE_MS = 1_000;
const timeoutFor = (how: Failing) => (how === 'silence' ? SILENCE_MS : undefined);
const NO_ANSWER: Failing[] = ['hang-up', 'silence', 'broken'];
const READS: Operation[] = ['find', 'locate'];
const WRITES: Operation[] = ['merge', 'update', 'create'];

export function failureContract(open: OpenWorld): void {
  describe('failures', () => {
    const rows = [...READS, ...WRITES].flatMap((operation) => NO_ANSWER.map((how) => [operation, how] as const));

    it.each(rows.filter(([operation]) => READS.includes(operation)))(
      '%s without an answer (%s) is simply tried again',
      async (operation, how) => {
        const { error } = await failing(await open(timeoutFor(how)), operation, { when: 'before-effect', how });
        expect(['retry-soon', 'retry-after']).toContain(error?.kind);
      },
    );

    it.each(rows.filter(([operation]) => WRITES.includes(operation)))(
      '%s that took effect and was not answered (%s) is in doubt, whatever the CRM was asked meanwhile',
      async (operation, how) => {
        const { error, requests } = await failing(await open(timeoutFor(how)), operation, {
          when: 'after-effect',
          how,
        });
        if (requests > 0) expect(error?.kind).toBe('ambiguous');
      },
    );

    it.each(NO_ANSWER)('promise 5: after a merge that took effect unanswered (%s), locate tells', async (how) => {
      const world = await open(timeoutFor(how));
      const { seeded, requests } = await failing(world, 'merge', { when: 'after-effect', how });
      expect(requests).toBe(1);
      const places = await world.crm.locate([seeded.ada, seeded.bob]);
      expect(places.get(seeded.bob)).toEqual(places.get(seeded.ada));
      expect(await world.absorbed()).toBe(1);
      const home = places.get(seeded.ada);
      const found = await world.crm.find(['ada'], []);
      expect(home).toEqual({ recordId: found[0]?.record.recordId });
    });

    it.each(NO_ANSWER)(
      'promise 5: after a merge that never arrived (%s), locate tells, and it can be sent',
      async (how) => {
        const world = await open(timeoutFor(how));
        const { seeded } = await failing(world, 'merge', { when: 'before-effect', how });
        expect(await world.crm.locate([seeded.ada, seeded.bob])).toEqual(
          new Map([
            [seeded.ada, { recordId: seeded.ada }],
            [seeded.bob, { recordId: seeded.bob }],
          ]),
        );
        await world.crm.merge({ survivor: seeded.ada, losers: [seeded.bob] });
        expect(await world.absorbed()).toBe(1);
      },
    );

    it.each([...READS, ...WRITES])('%s with refused credentials is a matter of credentials', async (operation) => {
      const { error, requests } = await failing(await open(), operation, {
        when: 'before-effect',
        how: 'refused-credentials',
      });
      if (requests > 0) expect(error?.kind).toBe('auth');
    });

    it.each([...READS, ...WRITES])(
      '%s turned away for being too busy did nothing and is tried again',
      async (operation) => {
        const world = await open();
        const { error, requests } = await failing(world, operation, { when: 'before-effect', how: 'busy' });
        if (requests > 0) expect(['retry-soon', 'retry-after']).toContain(error?.kind);
        if (error?.kind === 'retry-after') expect(error.retryAt).toEqual(expect.any(Number));
        expect(await world.absorbed()).toBe(0);
      },
    );

    it.each(WRITES)('%s makes one attempt only', async (operation) => {
      const { requests } = await failing(await open(), operation, { when: 'before-effect', how: 'broken' });
      expect(requests).toBeLessThanOrEqual(1);
    });

    const kinds = ['hang-up', 'silence', 'broken', 'busy', 'refused-credentials'] as const;
    it.each(kinds)('promise 11: no error tells a value (%s)', async (how) => {
      const failures = [...READS, ...WRITES].map(async (operation) =>
        failing(await open(timeoutFor(how)), operation, { when: 'before-effect', how }),
      );
      for (const { error } of await Promise.all(failures))
        expect(`${error?.message} ${error?.code} ${JSON.stringify(error)}`).not.toContain(SECRET);
    });

    it('an update or merge of a record that never was is refused, and nothing is made of it', async () => {
      const { crm, seed, records, properties, unknownRecordId } = await open();
      const ada = await seed('ada', {});
      const attempts = [
        () => crm.update(unknownRecordId, { values: { [properties.text]: SECRET } }),
        () => crm.merge({ survivor: ada, losers: [unknownRecordId] }),
      ];
      for (const attempt of attempts) {
        const error = expectCrmError(
          await attempt().then(
            () => undefined,
            (thrown: unknown) => thrown,
          ),
        );
        expect(error.kind).toBe('permanent');
        expect(error.message).not.toContain(SECRET);
      }
      expect((await records()).map(({ recordId }) => recordId)).toEqual([ada]);
    });
  });
}

/** Two seeded contacts, and one operation on them while the fault lasts. */
async function failing(world: Awaited<ReturnType<OpenWorld>>, operation: Operation, fault: Fault) {
  const { text } = world.properties;
  const seeded = { ada: await world.seed('ada', { [text]: SECRET }), bob: await world.seed('bob', { [text]: SECRET }) };
  world.faults.begin(fault, operation);
  const thrown = await perform(world, operation, seeded).then(
    () => undefined,
    (error: unknown) => error,
  );
  const requests = world.faults.met();
  world.faults.end();
  const error: CrmError | undefined = requests > 0 ? expectCrmError(thrown) : undefined;
  return { seeded, error, requests };
}

function perform(world: RecordCrmWorld, operation: Operation, { ada, bob }: { ada: string; bob: string }) {
  const { crm, properties } = world;
  const write = { values: { [properties.text]: SECRET } };
  const perform: Record<Operation, () => Promise<unknown>> = {
    find: () => crm.find(['ada', 'bob'], [properties.text]),
    locate: () => crm.locate([ada, bob]),
    merge: () => crm.merge({ survivor: ada, losers: [bob] }),
    update: () => crm.update(ada, write),
    create: () => createOrNothing(crm, { contactId: 'new', ...write }),
  };
  return perform[operation]();
}

const createOrNothing = async (crm: RecordCrm, write: { contactId: string; values: Record<string, string> }) =>
  crm.create?.(write);
