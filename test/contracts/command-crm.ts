import { CrmError } from '../../lib/errors.ts';
import type { CommandCrm, Fetch, MergeCommand } from '../../lib/ports.ts';
import { createFaultyFetch, type Fault, type Faults } from './faulty-fetch.ts';

/** A CRM that merges by itself, and the adapter that commands it. A new one for every test. */
export interface CommandCrmWorld {
  crm: CommandCrm;
  /** Makes contacts known to the CRM, not through the adapter. */
  seed(contactIds: string[]): Promise<void>;
  /** The commands that took effect, in order, as the CRM understood them. */
  effects(): Promise<{ key: string; command: MergeCommand }[]> | { key: string; command: MergeCommand }[];
  /** Makes the CRM contradict the next command, with this code. */
  contradict(code: string): void;
  /** Its own way to fail, for an adapter that does not use the `fetch` it is offered. */
  faults?: Faults<'send'>;
  close?(): Promise<void>;
}

const SECRET = 'Zhang-13800138000';
const COMMAND: MergeCommand = {
  tenant: 'acme',
  eventId: 'evt-1',
  survivorId: 'ada',
  loserIds: ['bob', 'eve'],
  changed: { name: SECRET, remark: '', customFields: { field10: { id: 'field10', type: 'text', value: '"之后"' } } },
  old: { name: 'Z' },
  mergedContacts: [{ name: SECRET }],
  triggeredAt: '2026-11-20T08:00:00.000Z',
  operatorId: 'op-7',
  origin: 'manual',
};

/** Everything the core relies on in a command-style CRM (the sentences of `CommandCrm` in lib/ports.ts), as tests. */
export function commandCrmContract(
  name: string,
  makeWorld: (tools: { fetch: Fetch; timeoutMs: number }) => Promise<CommandCrmWorld>,
): void {
  describe(`${name} keeps the contract of command-style CRMs`, () => {
    let world: CommandCrmWorld & { faults: Faults<'send'> };

    beforeEach(async () => {
      const { fetch, faults } = createFaultyFetch<'send'>(() => true);
      const made = await makeWorld({ fetch, timeoutMs: 2_000 });
      world = { ...made, faults: made.faults ?? faults };
      await world.seed(['ada', 'bob', 'eve']);
    });
    afterEach(() => world.close?.());

    async function failing(fault: Fault): Promise<CrmError> {
      world.faults.begin(fault, 'send');
      const error = await world.crm.send(COMMAND, 'key-1').catch((thrown: unknown) => thrown);
      expect(world.faults.met()).toBe(1);
      world.faults.end();
      expect(error).toBeInstanceOf(CrmError);
      return error as CrmError;
    }

    it('says the whole command, exactly', async () => {
      expect(await world.crm.send(COMMAND, 'key-1')).toEqual({ outcome: 'done' });
      expect(await world.effects()).toEqual([{ key: 'key-1', command: COMMAND }]);
    });

    it('promise 5: the same command under the same key takes effect once, and is done each time', async () => {
      for (const _time of [1, 2, 3]) expect(await world.crm.send(COMMAND, 'key-1')).toEqual({ outcome: 'done' });
      expect(await world.effects()).toHaveLength(1);
    });

    it('under another key it is another command', async () => {
      await world.crm.send(COMMAND, 'key-1');
      await world.crm.send({ ...COMMAND, loserIds: [], changed: { name: 'later' } }, 'key-2');
      expect((await world.effects()).map(({ key }) => key)).toEqual(['key-1', 'key-2']);
    });

    it('contacts that the CRM does not know are an answer, not a failure', async () => {
      const strangers = { ...COMMAND, survivorId: 'unknown', loserIds: ['no-one'] };
      expect(await world.crm.send(strangers, 'key-1')).toEqual({ outcome: 'unknown-contacts' });
      expect(await world.effects()).toEqual([]);
    });

    it('a contradiction is an answer with the CRM’s own code', async () => {
      world.contradict('survivor_is_locked');
      expect(await world.crm.send(COMMAND, 'key-1')).toEqual({ outcome: 'contradiction', code: 'survivor_is_locked' });
      expect(await world.effects()).toEqual([]);
    });

    it.each(['hang-up', 'silence', 'broken'] as const)(
      'promise 5: unanswered after it took effect (%s), it is in doubt, and the same command again settles it',
      async (how) => {
        expect((await failing({ when: 'after-effect', how })).kind).toBe('ambiguous');
        expect(await world.crm.send(COMMAND, 'key-1')).toEqual({ outcome: 'done' });
        expect(await world.effects()).toHaveLength(1);
      },
    );

    it.each(['hang-up', 'silence', 'broken', 'busy', 'refused-credentials'] as const)(
      'having failed before it took effect (%s), it takes effect once when sent again',
      async (how) => {
        await failing({ when: 'before-effect', how });
        expect(await world.effects()).toEqual([]);
        expect(await world.crm.send(COMMAND, 'key-1')).toEqual({ outcome: 'done' });
        expect(await world.effects()).toHaveLength(1);
      },
    );

    it('too busy is tried again, refused credentials are a matter of credentials', async () => {
      const busy = await failing({ when: 'before-effect', how: 'busy' });
      expect(['retry-soon', 'retry-after']).toContain(busy.kind);
      const refused = await failing({ when: 'before-effect', how: 'refused-credentials' });
      expect(refused.kind).toBe('auth');
    });

    it.each(['hang-up', 'silence', 'broken', 'busy', 'refused-credentials'] as const)(
      'promise 11: no error tells a value (%s)',
      async (how) => {
        const error = await failing({ when: 'before-effect', how });
        expect(`${error.message} ${error.code} ${JSON.stringify(error)}`).not.toContain(SECRET);
      },
    );
  });
}
