import type { SalesforceOptions } from '../../../lib/crm/salesforce/salesforce.ts';
import { createSalesforceCrm } from '../../../lib/crm/salesforce/salesforce.ts';
import { createStaticSession, type SalesforceSession } from '../../../lib/crm/salesforce/session.ts';
import { CrmError } from '../../../lib/errors.ts';
import type { RecordCrm } from '../../../lib/ports.ts';
import {
  createSalesforceLookalike,
  type LookalikeOptions,
  type SalesforceLookalike,
} from '../../lookalikes/salesforce.ts';

export const NOW = Date.UTC(2026, 10, 24);

export interface World {
  lookalike: SalesforceLookalike;
  crm: RecordCrm;
  url: string;
}

const open: { close(): Promise<void>; lookalike: SalesforceLookalike }[] = [];

/** A look-alike behind a socket, and the adapter that speaks to it; closed by `closeWorlds`. */
export async function openWorld(
  options: LookalikeOptions & {
    adapter?: Partial<SalesforceOptions>;
    session?: (url: string) => SalesforceSession;
  } = {},
): Promise<World> {
  const lookalike = createSalesforceLookalike({ now: () => NOW, ...options });
  const { url, close } = await lookalike.listen();
  open.push({ close, lookalike });
  const session = options.session?.(url) ?? createStaticSession(lookalike.sessions.issue());
  const crm = createSalesforceCrm({
    instanceUrl: url,
    session,
    fetch,
    now: () => NOW,
    timeoutMs: 10_000,
    journalFields: [],
    ...options.adapter,
  });
  return { lookalike, crm, url };
}

/** For `afterEach`: no test may have sent what the WSDL does not allow. */
export async function closeWorlds(): Promise<void> {
  const closed = open.splice(0);
  await Promise.all(closed.map(({ close }) => close()));
  for (const { lookalike } of closed) expect(lookalike.violations).toEqual([]);
}

export async function failureOf(attempt: Promise<unknown>): Promise<CrmError> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CrmError);
  return error as CrmError;
}
