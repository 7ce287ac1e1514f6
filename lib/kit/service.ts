/**
 * The service's composition roots, which take adapters of others: `dustess-merge-sync/service`. docs/adapter.md says how.
 */
import { composeApply } from '../../functions/apply/compose.ts';
import type { Env } from '../config.ts';
import type { CrmAdapter } from '../crm/adapter.ts';
import { recogniseForeignErrors } from '../foreign-errors.ts';
import { readLocalSettings } from '../local/settings.ts';
import { startStack } from '../local/stack.ts';

export { createLinkableCrm, createTenantCrm, examineTenantCrm } from '../crm/registry.ts';

/** Kinds of CRM besides our own. */
export interface WithAdapters {
  adapters: readonly CrmAdapter[];
}

/** What Lambda calls for a batch of queue messages. */
export type ApplyHandler = (event: { Records: object[] }, context: { awsRequestId: string }) => Promise<object>;

/** The handler of the function `apply`. @throws ConfigError where a variable of the environment is missing. */
export function createApply({ adapters }: WithAdapters): ApplyHandler {
  recogniseForeignErrors();
  return composeApply(process.env, adapters) as ApplyHandler;
}

/** The embedded stack on ports of this machine. */
export interface Embedded {
  url: string;
  callbackUrl: string;
  close(): Promise<void>;
}

/** What `merge-sync start` runs, without a word on the terminal. @param env its variables. @throws ConfigError */
export async function startEmbedded({ adapters, env }: WithAdapters & { env: Env }): Promise<Embedded> {
  recogniseForeignErrors();
  const silent = () => undefined;
  const settings = await readLocalSettings(env, adapters);
  const { url, callbackUrl, close } = await startStack(settings, { info: silent, warn: silent, error: silent });
  return { url, callbackUrl, close };
}
