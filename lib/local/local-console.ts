import { randomBytes, randomUUID } from 'node:crypto';
import type { LinkingCrm } from '../console/deployment.ts';
import { type RunningConsole, startConsole } from '../console/server.ts';
import { createLedger, type LedgerTables } from '../ledger/ledger.ts';
import type { TenantCrm } from '../merge/tenant-crm.ts';
import type { Now, Queue } from '../ports.ts';
import type { Language } from '../sentence.ts';
import { TENANT } from './crm-settings.ts';

export interface LocalConsoleParts {
  /** Of the gateway, as the pages name it. */
  url: string;
  tables: LedgerTables;
  queue: Queue;
  language: Language;
  /** Where the demo CRM shows its contacts, if that is the CRM. */
  demo: { url: string } | undefined;
  now: Now;
  /** Left out for a CRM that is only told. */
  linking?: LinkingCrm;
  crm: TenantCrm;
}

/** The console over the embedded stack. What it does stays on this machine, so it may act. */
export function startLocalConsole(parts: LocalConsoleParts): Promise<RunningConsole> {
  const { url, tables, queue, demo, linking, crm, ...rest } = parts;
  const ledger = (tenant: string) => createLedger(tables, tenant);
  return startConsole({
    ...rest,
    deployment: {
      name: new URL(url).host,
      tenants: [TENANT],
      ledger,
      rates: tables.ledger,
      queue,
      ...(linking && { linkable: async () => linking }),
      tenantCrm: async () => crm,
    },
    operator: 'npm start',
    allowActions: true,
    ...(demo && { recordUrl: `${demo.url}/#{contact}` }),
    newId: randomUUID,
    newToken: () => randomBytes(16).toString('base64url'),
    explain: (error) => (error instanceof Error ? error.name : 'unknown'),
  });
}
