import type { Crm } from '../ports.ts';
import type { ContactLinks } from './contact-links.ts';
import type { FieldMapping, MergePolicy } from './policy.ts';

/** What a worker may take on of a tenant's backlog. */
export interface Room {
  /** Events that it applies at once. */
  atOnce: number;
  /** Before it (milliseconds since 1970) an event would only be sent away: let it wait in the queue. */
  notBefore: number;
}

/** One tenant's CRM and what it wants done. */
export interface TenantCrm {
  crm: Crm;
  policy: MergePolicy;
  mapping: FieldMapping;
  /** Left out: events about single contacts link nothing. */
  links?: ContactLinks;
  /** Left out: one event after the other, at any time. */
  room?: () => Room;
}
