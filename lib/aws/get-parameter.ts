import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { ConfigError, StoreError } from '../errors.ts';
import { type ClientLimits, clientConfig } from './client-limits.ts';

const LIMITS: ClientLimits = { connectMs: 1_000, requestMs: 2_000, attempts: 10 };
const UNHURRIED_MS = 10_000;

let shared: SSMClient | undefined; // One for the life of the process; region and credentials are the platform's.

/**
 * Reads and decrypts one parameter. SSM answers 40 requests a second for a whole account and region: an attempt that is
 * throttled is repeated for as long as there is time.
 * @param withinMs milliseconds for all attempts together.
 * @returns undefined when there is no such parameter.
 * @throws StoreError where SSM does not answer, is throttled or fails; ConfigError where it refuses.
 */
export async function getParameter(name: string, withinMs = UNHURRIED_MS): Promise<string | undefined> {
  try {
    return await readWithin(name, AbortSignal.timeout(withinMs));
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    const problem = `SSM: ${name} cannot be read (${error instanceof Error ? error.name : 'unknown'})`;
    if (isPassing(error)) throw new StoreError(problem, { cause: error });
    throw new ConfigError(`${problem}; the function's role needs ssm:GetParameter and kms:Decrypt for it`, {
      cause: error,
    });
  }
}

/** The SDK heeds a signal during a request, not while it waits for the next attempt. */
async function readWithin(name: string, signal: AbortSignal): Promise<string | undefined> {
  shared ??= new SSMClient(clientConfig(LIMITS));
  const command = new GetParameterCommand({ Name: name, WithDecryption: true });
  const timeUp = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const found = await Promise.race([shared.send(command, { abortSignal: signal }), timeUp]);
  return found.Parameter?.Value;
}

const PASSING = /Throttl|TooManyRequests|LimitExceeded|Expired/;

/** No answer, an error of SSM's own, too many requests, or credentials that are just being renewed. */
function isPassing(error: unknown): boolean {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status === undefined || status >= 500 || status === 429 || PASSING.test(name);
}
