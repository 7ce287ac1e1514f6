import type { EventPointer } from '../../../lib/event.ts';
import type { Queue } from '../../../lib/ports.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Message {
  pointer: EventPointer;
  receives: number;
}

/** A standard queue of SQS as Lambda's pollers see it. */
export interface SimulatedQueue extends Queue {
  /** Waits until there is one. @returns at most `most` messages; they are the receiver's until `done` or `failed`. */
  receive(most: number): Promise<Message[]>;
  done(message: Message): void;
  /** Visible again after the visibility time-out. */
  failed(message: Message): void;
  sent(): number;
  waiting(): number;
}

const VISIBILITY_MS = 360_000;
const SEND_MS = 8;

/**
 * Messages in the order in which they become visible. @param fair as fair queues do it: a tenant with fewer messages in
 * flight comes first (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).
 */
export function createSimulatedQueue(time: VirtualTime, fair: boolean): SimulatedQueue {
  const visible = new Map<string, Message[]>();
  const inFlight = new Map<string, number>();
  const order: string[] = [];
  const receivers: { most: number; take: (messages: Message[]) => void }[] = [];
  let sent = 0;
  let waiting = 0;

  const count = ({ pointer: { tenant } }: Message, by: number) =>
    inFlight.set(tenant, (inFlight.get(tenant) ?? 0) + by);

  function show(message: Message): void {
    const lane = fair ? message.pointer.tenant : '';
    if (!visible.has(lane)) visible.set(lane, []);
    visible.get(lane)?.push(message);
    order.push(lane);
    serve();
  }

  function next(): Message | undefined {
    const lanes = [...visible].filter(([, messages]) => messages.length > 0);
    const [first] = lanes.sort(([a], [b]) => (inFlight.get(a) ?? 0) - (inFlight.get(b) ?? 0));
    const message = first?.[1].shift();
    if (message) count(message, 1);
    return message;
  }

  function serve(): void {
    while (receivers.length > 0) {
      const messages: Message[] = [];
      while (messages.length < (receivers[0]?.most ?? 0)) {
        const message = next();
        if (!message) break;
        messages.push({ ...message, receives: message.receives + 1 });
      }
      if (messages.length === 0) return;
      receivers.shift()?.take(messages);
    }
  }

  const showLater = (message: Message, ms: number) => void time.sleep(ms).then(() => show(message));

  return {
    async send(pointer, delaySeconds = 0) {
      sent += 1;
      waiting += 1;
      showLater({ pointer, receives: 0 }, SEND_MS + delaySeconds * 1000);
      await time.sleep(SEND_MS);
    },
    receive: (most) =>
      new Promise<Message[]>((take) => {
        receivers.push({ most, take });
        serve();
      }),
    done: (message) => {
      waiting -= 1;
      count(message, -1);
    },
    failed: (message) => {
      count(message, -1);
      showLater(message, VISIBILITY_MS);
    },
    sent: () => sent,
    waiting: () => waiting,
  };
}
