import type { Fetch, PropertyValues, RecordCrm } from '../../lib/ports.ts';
import { createFaultyFetch, type Faults, type SentRequest } from './faulty-fetch.ts';
import { failureContract } from './record-crm-failures.ts';
import { findContract } from './record-crm-find.ts';
import { mergeContract } from './record-crm-merge.ts';
import { writeContract } from './record-crm-write.ts';

export type Operation = 'find' | 'locate' | 'merge' | 'update' | 'create';

/** A CRM with nobody in it yet, and an adapter that speaks to it. A new one for every test. */
export interface RecordCrmWorld {
  crm: RecordCrm;
  /** Properties the suite may write: two of plain text, and a multi-select that knows `red`, `green` and `blue`. */
  properties: { text: string; note: string; colours?: string };
  /** Puts a contact's record into the CRM, not through the adapter. @returns its record id. */
  seed(contactId: string, values: PropertyValues): Promise<string>;
  /** A second record for a contact that has one; left out where the CRM makes that impossible. */
  seedTwin?(contactId: string, values: PropertyValues): Promise<string>;
  /** The records that are there (not those merged away), as the CRM itself sees them; a multi-select as a list. */
  records(): Promise<RecordSeen[]>;
  /** How many losers have been absorbed so far. */
  absorbed(): number | Promise<number>;
  /** A well-formed record id that no record has or had. */
  unknownRecordId: string;
  /** Its own way to fail, for an adapter that does not use the `fetch` it is offered. */
  faults?: Faults<Operation>;
  close?(): Promise<void>;
}

export interface RecordSeen {
  recordId: string;
  contactId: string | undefined;
  values: Record<string, string | string[] | null | undefined>;
}

export interface RecordCrmTools {
  /** Give this one to the adapter: the suite makes it fail. */
  fetch: Fetch;
  /** Give this one to the adapter, too: the suite waits for it. */
  timeoutMs: number;
}

export interface RecordCrmContractOptions {
  /** Which requests belong to an operation; left out: every request while that operation runs. */
  concerns?: (operation: Operation, request: SentRequest) => boolean;
}

export type OpenWorld = () => Promise<RecordCrmWorld & { faults: Faults<Operation> }>;

const TIMEOUT_MS = 800;

/**
 * Everything the core relies on in a record-style CRM (the sentences of `RecordCrm` in lib/ports.ts), as tests:
 *
 *     recordCrmContract('my-crm', async ({ fetch, timeoutMs }) => ({ crm: createMyCrm({ fetch, timeoutMs, … }), … }));
 */
export function recordCrmContract(
  name: string,
  makeWorld: (tools: RecordCrmTools) => Promise<RecordCrmWorld>,
  { concerns = () => true }: RecordCrmContractOptions = {},
): void {
  describe(`${name} keeps the contract of record-style CRMs`, () => {
    const worlds: RecordCrmWorld[] = [];
    const open: OpenWorld = async () => {
      const { fetch, faults } = createFaultyFetch<Operation>(concerns);
      const world = await makeWorld({ fetch, timeoutMs: TIMEOUT_MS });
      worlds.push(world);
      return { ...world, faults: world.faults ?? faults };
    };
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close?.();
    });
    findContract(open);
    mergeContract(open);
    writeContract(open);
    failureContract(open);
  });
}
