import type { Crm } from '../ports.ts';
import type { ContactLinks } from './contact-links.ts';
import type { FieldMapping, MergePolicy } from './policy.ts';

/** What a worker may take on of a tenant's backlog. */
export interface Room {
  /** Events that it applies at once. */
  atOnce(): number;
  /** An event would only be sent away now: let it wait in the queue. */
  isFull(): boolean;
  /** Milliseconds until so many events are to come back: the first, the last, the others between. */
  comeBack(events: number): Promise<{ firstMs: number; lastMs: number }>;
}

/** One tenant's CRM and what it wants done. */
export interface TenantCrm {
  crm: Crm;
  policy: MergePolicy;
  mapping: FieldMapping;
  /** When a worker first read these settings, milliseconds since 1970: an older plan may be about another account. */
  settingsSince?: number;
  /** Left out: events about single contacts link nothing. */
  links?: ContactLinks;
  /** Left out: one event after the other, at any time. */
  room?: Room;
}
