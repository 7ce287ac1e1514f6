import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { StoreError } from '../errors.ts';
import { clientConfig, WORKER_LIMITS } from './client-limits.ts';

/** What rules match by, beside the event's type. */
const SOURCE = 'merge-sync';

export interface BusEvent {
  /** What EventBridge calls the detail type. */
  type: string;
  /** JSON text. */
  detail: string;
  /** Milliseconds since 1970. */
  at: number;
}

let shared: EventBridgeClient | undefined; // One for the life of the process; region and credentials are the platform's.

/**
 * Puts one event on an EventBridge bus.
 * @throws StoreError where EventBridge does not answer, or does not take the event
 */
export async function putOnBus(busName: string, { type, detail, at }: BusEvent): Promise<void> {
  shared ??= new EventBridgeClient(clientConfig(WORKER_LIMITS));
  const entry = { EventBusName: busName, Source: SOURCE, DetailType: type, Detail: detail, Time: new Date(at) };
  const { Entries = [] } = await shared.send(new PutEventsCommand({ Entries: [entry] })).catch((cause) => {
    throw notPut(cause instanceof Error ? cause.name : 'unknown', cause);
  });
  // The answer is 200 also where the event was not taken.
  const refused = Entries.find(({ ErrorCode }) => ErrorCode);
  if (refused) throw notPut(refused.ErrorCode ?? 'unknown');
}

const notPut = (code: string, cause?: unknown) => new StoreError(`EventBridge: outcome not sent (${code})`, { cause });
