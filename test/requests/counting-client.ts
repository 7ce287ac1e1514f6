import { type AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What a piece of work asked of DynamoDB. */
export interface Counted {
  requests: number;
  /** By command and kind of document, as `Put event`. */
  byKind: Record<string, number>;
  /** Of the tables: a unit writes up to 1 KB. */
  writeUnits: number;
  /** Of the list index: one for an entry that comes or goes, two for one that moves. */
  indexUnits: number;
  /** A unit reads up to 4 KB, consistently. */
  readUnits: number;
}

type Item = Record<string, AttributeValue>;
interface Input {
  Key?: Item;
  Item?: Item;
  RequestItems?: Record<string, { Keys?: Item[] }>;
}
interface Output {
  Attributes?: Item;
  Item?: Item;
  Responses?: Record<string, Item[]>;
}

const KB = 1_024;
const READ_BYTES = 4 * KB;

const none = (): Counted => ({ requests: 0, byKind: {}, writeUnits: 0, indexUnits: 0, readUnits: 0 });

/** A client that counts its requests in the units DynamoDB bills: https://aws.amazon.com/dynamodb/pricing/on-demand/ */
export function createCountingClient() {
  const client = new DynamoDBClient();
  let counted = none();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const request = { name: commandName.replace(/(Item)?Command$/, ''), input: args.input as Input };
        try {
          const answer = await next(args);
          count(counted, request, answer.output as Output);
          return answer;
        } catch (error) {
          count(counted, request, undefined);
          throw error;
        }
      },
    { step: 'initialize' },
  );
  return {
    client,
    /** What was counted since the last call. */
    take: (): Counted => {
      const taken = counted;
      counted = none();
      return taken;
    },
  };
}

interface Request {
  name: string;
  input: Input;
}

/** @param output undefined where a condition was not met: that costs what the write would have cost, without the index. */
function count(counted: Counted, { name, input }: Request, output: Output | undefined): void {
  const keys = Object.values(input.RequestItems ?? {})[0]?.Keys ?? [];
  const key = input.Key ?? input.Item ?? keys[0];
  const label = `${name} ${key?.pk?.S?.split('#').filter(Boolean)[1]}`;
  counted.requests += 1;
  counted.byKind[label] = (counted.byKind[label] ?? 0) + 1;
  if (input.Item) {
    counted.writeUnits += units(Math.max(bytesOf(input.Item), bytesOf(output?.Attributes)), KB);
    if (output) counted.indexUnits += indexUnits(output.Attributes, input.Item);
  } else if (name === 'Update') counted.writeUnits += 1;
  else counted.readUnits += readUnits(output ?? {}, keys.length);
}

/** What is not there costs a unit, too. */
function readUnits({ Item, Responses }: Output, keys: number): number {
  if (!Responses) return units(bytesOf(Item), READ_BYTES);
  const items = Object.values(Responses).flat();
  const found = items.reduce((sum, item) => sum + units(bytesOf(item), READ_BYTES), 0);
  return found + keys - items.length;
}

const units = (bytes: number, size: number) => Math.max(1, Math.ceil(bytes / size));

function indexUnits(before: Item | undefined, after: Item): number {
  const [was, is] = [placeIn(before), placeIn(after)];
  if (was === is) return 0;
  return (was ? 1 : 0) + (is ? 1 : 0);
}

const placeIn = (item: Item | undefined) => item?.gpk && `${item.gpk.S} ${item.gsk?.N}`;

/** As DynamoDB measures an item: the names and the values. */
function bytesOf(item: Item = {}): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes({ S, N, B }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  return B ? B.length : Math.ceil((N ?? '').length / 2) + 1;
}
