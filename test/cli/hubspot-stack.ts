import { createAccount } from '../crm/hubspot/portal-world.ts';
import { KEYS_ENV } from '../local/sender.ts';
import { type StackProcess, startStack } from '../local/stack-process.ts';
import { run } from './console.ts';

/** The embedded stack over a HubSpot look-alike for all tests of a file. @param more variables of `npm start` and of the command. */
export function useHubspotStack(more: { POLICY?: string } = {}) {
  const account = createAccount();
  const env: Record<string, string> = { CRM: 'hubspot', HUBSPOT_TOKEN: 'pat-test', USER: 'lin', ...more };
  let stack: StackProcess;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const server = await account.listen();
    close = server.close;
    env.HUBSPOT_BASE_URL = server.url;
    stack = await startStack({ ...KEYS_ENV, ...env, SAMPLE: '0' });
  });
  afterAll(async () => {
    await stack.end();
    await close();
  });
  return {
    account,
    url: () => stack.url,
    command: (...args: string[]) => run([...args, '--local', stack.url], { env, now: Date.now }),
  };
}

export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await condition()); looks++) {
    if (looks > 1_200) throw new Error('what was waited for did not come');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
