import { CLI_CLIENT, renewingLogin } from '../aws-client.ts';
import { awsProblem } from '../aws-problem.ts';
import { Refused } from '../exit.ts';

export interface Parameter {
  text: string;
  /** Starts at 1; every write adds one. */
  version: number;
}

export interface Write {
  text: string;
  /** The version the writer has read; left out where there was none. */
  over?: number | undefined;
  isSecret: boolean;
  /** Of a SecureString; left out: the account's aws/ssm. */
  kmsKey?: string | undefined;
}

/**
 * SSM as far as tenants need it. It has no conditional write but for the first one: two writers are told of each other by
 * the version that a write got.
 */
export interface ParameterStore {
  read(name: string): Promise<Parameter | undefined>;
  /** Names of all parameters below a path; no value is decrypted. */
  namesBelow(path: string): Promise<string[]>;
  /** @returns whether it came right after the version that the writer had read. */
  write(name: string, write: Write): Promise<boolean>;
  remove(names: string[]): Promise<void>;
}

/** Every method throws Refused where AWS does not do it, with the right that it needs. */
export async function openParameterStore(): Promise<ParameterStore> {
  const sdk = await import('@aws-sdk/client-ssm');
  const client = renewingLogin(new sdk.SSMClient(CLI_CLIENT));
  return {
    read: (name) =>
      attempt(`${name} cannot be read`, 'ssm:GetParameter and kms:Decrypt', async () => {
        const found = await client.send(new sdk.GetParameterCommand({ Name: name, WithDecryption: true }));
        return { text: found.Parameter?.Value ?? '', version: found.Parameter?.Version ?? 0 };
      }),
    namesBelow: async (path) =>
      (await attempt(`the parameters below ${path} cannot be listed`, 'ssm:GetParametersByPath', async () => {
        const names: string[] = [];
        const asked = { Path: path, Recursive: true, WithDecryption: false };
        for await (const { Parameters = [] } of sdk.paginateGetParametersByPath({ client }, asked))
          names.push(...Parameters.map(({ Name = '' }) => Name));
        return names;
      })) ?? [],
    write: async (name, { text, over, isSecret, kmsKey }) =>
      (await attempt(`${name} cannot be written`, 'ssm:PutParameter', async () => {
        const type = isSecret ? 'SecureString' : 'String';
        const more = { Overwrite: over !== undefined, ...(kmsKey !== undefined && isSecret && { KeyId: kmsKey }) };
        // Above 4 KB a parameter is an advanced one, for 0.05 USD a month, and cannot go back.
        const what = { Name: name, Value: text, Type: type, Tier: 'Intelligent-Tiering', ...more } as const;
        return (await client.send(new sdk.PutParameterCommand(what))).Version === (over ?? 0) + 1;
      })) ?? false,
    remove: async (names) => {
      await attempt(`${names.join(', ')} cannot be removed`, 'ssm:DeleteParameters', () =>
        client.send(new sdk.DeleteParametersCommand({ Names: names })),
      );
    },
  };
}

const ANSWERS = ['ParameterNotFound', 'ParameterAlreadyExists'];

/** @returns undefined where the parameter is not there, or is there though it was to be new. */
async function attempt<T>(problem: string, right: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && ANSWERS.includes(error.name)) return undefined;
    throw new Refused(`${problem} (${awsProblem(error)}); it needs ${right}`);
  }
}
