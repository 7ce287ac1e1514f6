import * as v from 'valibot';
import { CLI_CLIENT } from './aws-client.ts';
import { describeCause } from './describe-cause.ts';
import { Refused } from './exit.ts';
import type { Io } from './io.ts';

export const DEFAULT_LOCAL = 'http://127.0.0.1:3000';

/** The address that `--local` names. */
export const localUrl = (local: string | true | undefined) => (typeof local === 'string' ? local : DEFAULT_LOCAL);

const text = v.pipe(v.string(), v.minLength(1));

/** What `npm start` says of itself; more keys may come. */
const LocalStackSchema = v.object({
  tenant: text,
  eventsTable: text,
  ledgerTable: text,
  queueUrl: text,
  dynamodb: v.pipe(v.string(), v.url()),
  sqs: v.pipe(v.string(), v.url()),
  outcomesQueueUrl: text,
  /** Null with a CRM of the user's own. */
  demoCrm: v.nullable(v.pipe(v.string(), v.url())),
});
export type LocalStack = v.InferOutput<typeof LocalStackSchema>;

const LOCAL_ADVICE = 'start it with npm start, or give its URL, --local URL';

/** @throws Refused */
export async function describeLocal(url: string, io: Pick<Io, 'fetch'>): Promise<LocalStack> {
  try {
    const response = await io.fetch(`${url.replace(/\/+$/, '')}/_local/stack`, {});
    const read = v.safeParse(LocalStackSchema, response.ok ? await response.json() : undefined);
    if (read.success) return read.output;
    throw new Refused(`${url} answers, but not as the stack of npm start does (${response.status}): ${LOCAL_ADVICE}`);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(`no embedded stack answers at ${url} (${describeCause(error)}): ${LOCAL_ADVICE}`);
  }
}

// Dummy credentials: worth nothing at AWS.
const LOCAL_CLIENT = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

export async function localClients({ dynamodb, sqs }: LocalStack) {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const config = { ...CLI_CLIENT, ...LOCAL_CLIENT };
  return {
    dynamodb: new DynamoDBClient({ ...config, endpoint: dynamodb }),
    // A queue's URL may have a name of the emulator's own as its host: the endpoint is what answers.
    sqs: new SQSClient({ ...config, endpoint: sqs, useQueueUrlAsEndpoint: false }),
  };
}
