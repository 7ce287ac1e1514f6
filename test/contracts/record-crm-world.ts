import { CrmError } from '../../lib/errors.ts';
import type { Fetch, PropertyValue, PropertyValues, RecordCrm } from '../../lib/ports.ts';
import type { Faults } from './faulty-fetch.ts';

export type Operation = 'find' | 'locate' | 'merge' | 'update' | 'create';

/** A CRM without records yet, and an adapter that speaks to it. A new one for every test. */
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
  /** Values of other types: what is written, and how `records` shows it then. Left out: the CRM has only texts. */
  typed?: { property: string; value: PropertyValue; shows: string }[];
  /** Values that the CRM refuses to write: too long, no option of the list. */
  refused?: PropertyValues;
  /** What belongs to records: orders, notes, tickets. Left out where the CRM's side of a merge moves it and the look-alike has none. */
  relations?: { add(recordId: string): Promise<void>; count(recordId: string): Promise<number> };
  /** For a CRM whose merge is no transaction: the next one ends in the middle. */
  stopHalfWay?(): Promise<void>;
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

/** @param timeoutMs for the adapter's calls; long where no call is left unanswered. */
export type OpenWorld = (timeoutMs?: number) => Promise<RecordCrmWorld & { faults: Faults<Operation> }>;

export async function seedLosers({ seed }: Pick<RecordCrmWorld, 'seed'>, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index++) ids.push(await seed(`loser-${index}`, {}));
  return ids;
}

export function expectCrmError(error: unknown): CrmError {
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}
