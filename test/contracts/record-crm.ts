import type { RecordCrm } from '../../lib/ports.ts';
import { createFaultyFetch, type SentRequest } from './faulty-fetch.ts';
import { failureContract } from './record-crm-failures.ts';
import { findContract } from './record-crm-find.ts';
import { halfDoneContract } from './record-crm-half-done.ts';
import { identityContract } from './record-crm-identity.ts';
import { mergeContract } from './record-crm-merge.ts';
import { undoContract } from './record-crm-undo.ts';
import { valueContract } from './record-crm-values.ts';
import type { OpenWorld, Operation, RecordCrmTools, RecordCrmWorld } from './record-crm-world.ts';
import { writeContract } from './record-crm-write.ts';

export interface RecordCrmContractOptions {
  /** Which requests belong to an operation; left out: every request while that operation runs. */
  concerns?: (operation: Operation, request: SentRequest) => boolean;
}

const TIMEOUT_MS = 15_000; // Only tests of a silent CRM wait for a time-out, and ask for a short one.

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
    const open: OpenWorld = async (timeoutMs = TIMEOUT_MS) => {
      const { fetch, faults } = createFaultyFetch<Operation>(concerns);
      const world = await makeWorld({ fetch, timeoutMs });
      worlds.push(world);
      return { ...world, crm: asTheCoreCalls(world), faults: world.faults ?? faults };
    };
    afterEach(async () => {
      for (const world of worlds.splice(0)) await world.close?.();
    });
    findContract(open);
    mergeContract(open);
    writeContract(open);
    undoContract(open);
    failureContract(open);
    identityContract(open);
    valueContract(open);
    halfDoneContract(open);
  });
}

/** The core names the mapped properties with every merge. */
function asTheCoreCalls({ crm, properties }: RecordCrmWorld): RecordCrm {
  return { ...crm, merge: (merge) => crm.merge({ properties: Object.values(properties), ...merge }) };
}
