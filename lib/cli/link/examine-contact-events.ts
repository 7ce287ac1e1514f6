import { readJson } from '../../config.ts';
import type { CrmAdapter } from '../../crm/adapter.ts';
import type { Finding } from '../../crm/finding.ts';
import { readTenantCrm } from '../../crm/registry.ts';
import { ConfigError } from '../../errors.ts';
import { readDoor } from '../examine-door.ts';

const CHECK = 'contact events';

/**
 * Whether both sides of linking by events about single contacts are set: one without the other does nothing. Nothing where
 * neither is. @param texts a tenant's settings as far as they were read; what cannot be read is another check's business.
 */
export function examineContactEvents(
  { door, crm }: { door?: string; crm?: string },
  adapters?: readonly CrmAdapter[],
): Finding[] {
  const stored = door === undefined ? undefined : readable(() => readDoor(door).contactEvents === true);
  const read = () => readTenantCrm('', readJson('crm settings', crm ?? ''), adapters);
  const settings = crm === undefined ? undefined : readable(read);
  if (stored === undefined || !settings) return [];
  const isLinking = settings.policy.link !== undefined;
  if (!stored && !isLinking) return [];
  return [{ check: CHECK, ok: true, ...adviceFor(stored, isLinking, settings.crm.kind === 'http') }];
}

function adviceFor(isStored: boolean, isLinking: boolean, isOnlyTold: boolean): Pick<Finding, 'advice' | 'warning'> {
  if (isOnlyTold) return { advice: ONLY_TOLD, warning: true };
  if (!isLinking) return { advice: NOT_LINKED, warning: true };
  return isStored ? { advice: 'events about single contacts link new people' } : { advice: NOT_STORED, warning: true };
}

const ONLY_TOLD =
  'a CRM of kind http is only told: events about single contacts link nothing there; take contactEvents and policy.link out';
const NOT_LINKED =
  'events about single contacts are stored and link nothing: set policy.link.events in the CRM settings, or take contactEvents out of the door settings';
const NOT_STORED =
  'policy.link does nothing, for events about single contacts are not stored: set "contactEvents": true in the door settings';

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
