import { CrmError } from '../errors.ts';
import type { IdWrite, LinkableCrm } from '../ports.ts';
import { type Patience, patiently } from './patience.ts';

type Writer = Pick<LinkableCrm, 'writeIds'>;

/** What became of a batch; of the records in neither it is known that the id stands there. */
export interface BatchWritten {
  /** By record id: the CRM's code. */
  refused: Map<string, string>;
  /** Sent without an answer: it may have taken effect, and may still do so. */
  doubtful: { writes: IdWrite[]; error: CrmError } | undefined;
}

/**
 * Writes ids. A batch that is refused as a whole is halved until the bad ones are alone. Nothing is sent again that was
 * sent without an answer. @throws CrmError for what time does not cure, and says so.
 */
export async function writeBatch(crm: Writer, writes: IdWrite[], patience: Patience): Promise<BatchWritten> {
  try {
    return { refused: await patiently(patience, () => crm.writeIds(writes)), doubtful: undefined };
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    if (error.kind === 'ambiguous') return { refused: new Map(), doubtful: { writes, error } };
    if (error.kind === 'permanent') return refusedAmong(crm, writes, patience, error);
    throw error;
  }
}

async function refusedAmong(crm: Writer, writes: IdWrite[], patience: Patience, error: CrmError) {
  const [only, ...others] = writes;
  if (only && others.length === 0)
    return { refused: new Map([[only.recordId, error.code ?? 'REFUSED']]), doubtful: undefined };
  const middle = Math.ceil(writes.length / 2);
  const first = await writeBatch(crm, writes.slice(0, middle), patience);
  return both(first, await writeBatch(crm, writes.slice(middle), patience));
}

function both(one: BatchWritten, other: BatchWritten): BatchWritten {
  const error = one.doubtful?.error ?? other.doubtful?.error;
  const writes = [one, other].flatMap(({ doubtful }) => doubtful?.writes ?? []);
  return { refused: new Map([...one.refused, ...other.refused]), doubtful: error && { writes, error } };
}

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 30_000;

export interface SettlePatience extends Patience {
  /** Milliseconds since 1970. */
  until: number;
  /** Called before the first wait. */
  onWait?: ((until: number) => void) | undefined;
}

/**
 * Waits until every write that was sent without an answer stands there, or until none of them can arrive any more.
 * @throws CrmError
 */
export async function settle(crm: LinkableCrm, writes: IdWrite[], patience: SettlePatience): Promise<void> {
  const { now, sleep, until, onWait } = patience;
  let open = await notArrived(crm, writes, patience);
  if (open.length > 0 && now() < until) onWait?.(until);
  for (let pause = FIRST_PAUSE_MS; open.length > 0 && now() < until; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    await sleep(Math.min(pause, until - now()));
    open = await notArrived(crm, open, patience);
  }
}

async function notArrived(crm: LinkableCrm, writes: IdWrite[], patience: Patience): Promise<IdWrite[]> {
  const recordIds = writes.map(({ recordId }) => recordId);
  const read = await patiently(patience, () => crm.read(recordIds, []));
  const carried = new Map(read.map(({ recordId, contactIds }) => [recordId, contactIds]));
  return writes.filter(({ recordId, contactId }) => {
    const ids = carried.get(recordId) ?? [];
    return contactId === null ? ids.length > 0 : !ids.includes(contactId);
  });
}
