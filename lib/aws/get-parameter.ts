import { GetParameterCommand, GetParametersCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
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
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const found = await within(withinMs, (client, abortSignal) => client.send(command, { abortSignal }));
    return found.Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw readFailure(error, name, 'ssm:GetParameter and kms:Decrypt');
  }
}

/**
 * Reads up to ten parameters that are no secrets in one request, as `getParameter` reads one.
 * @returns text by name, of those that there are. @throws StoreError, ConfigError
 */
export async function getParameters(names: string[], withinMs = UNHURRIED_MS): Promise<Map<string, string>> {
  try {
    const command = new GetParametersCommand({ Names: names });
    const found = await within(withinMs, (client, abortSignal) => client.send(command, { abortSignal }));
    return new Map(found.Parameters?.map(({ Name = '', Value = '' }) => [Name, Value]));
  } catch (error) {
    throw readFailure(error, names[0] ?? '', 'ssm:GetParameters');
  }
}

/** The SDK heeds a signal during a request, not while it waits for the next attempt. */
async function within<T>(ms: number, send: (client: SSMClient, signal: AbortSignal) => Promise<T>): Promise<T> {
  shared ??= new SSMClient(clientConfig(LIMITS));
  const signal = AbortSignal.timeout(ms);
  const timeUp = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  return Promise.race([send(shared, signal), timeUp]);
}

function readFailure(error: unknown, name: string, rights: string): StoreError | ConfigError {
  const problem = `SSM: ${name} cannot be read (${error instanceof Error ? error.name : 'unknown'})`;
  if (isPassing(error)) return new StoreError(problem, { cause: error });
  return new ConfigError(`${problem}; the function's role needs ${rights} for it`, { cause: error });
}

const PASSING = /Throttl|TooManyRequests|LimitExceeded|Expired/;

/** No answer, an error of SSM's own, too many requests, or credentials that are just being renewed. */
function isPassing(error: unknown): boolean {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status === undefined || status >= 500 || status === 429 || PASSING.test(name);
}
