import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';

const client = new SSMClient(); // One for the life of the process; region and credentials are the platform's.

/** Reads and decrypts one parameter; undefined when there is none. */
export async function getParameter(name: string): Promise<string | undefined> {
  try {
    const found = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
    return found.Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  }
}
