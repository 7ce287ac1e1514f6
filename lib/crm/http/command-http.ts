import type { CommandAnswer, CommandCrm, MergeCommand, Now } from '../../ports.ts';
import type { CrmResponse } from '../client.ts';
import { createSignedPost, type HttpAccess, VENDOR } from './calls.ts';
import { answerCode, httpFailure, isForeign, saysItFailed } from './failures.ts';

/**
 * An in-house CRM that merges when told to: one signed POST a merge, in the Standard Webhooks form. The same command
 * always has the same body; only the time of the attempt, and with it the signature, differ.
 * @throws ConfigError at once when endpoint or secret are unusable.
 * @example
 * const crm = createCommandHttpCrm({ endpoint: 'https://crm.example.com/merges', secret, fetch, now: Date.now, timeoutMs: 10_000 });
 * await crm.send(command, command.eventId); // { outcome: 'done' }
 */
export function createCommandHttpCrm(access: HttpAccess): CommandCrm {
  const post = createSignedPost(access);
  return {
    style: 'command',
    name: VENDOR,
    send: async (command, idempotencyKey) => toAnswer(await post(idempotencyKey, commandBody(command)), access.now),
  };
}

/** Members in one fixed order, and no time but the event's: a retry says the same, byte for byte. */
function commandBody(command: MergeCommand): string {
  const { tenant, eventId, survivorId, loserIds, changed, old, mergedContacts, ...rest } = command;
  const { triggeredAt, operatorId, origin } = rest;
  const who = { tenant, eventId, survivorId, loserIds };
  const data = { ...who, changed, old, mergedContacts, triggeredAt, operatorId, origin };
  return JSON.stringify({ type: 'contact.merged', timestamp: triggeredAt, data });
}

const DONE = [200, 201, 202, 204];

/** @throws CrmError */
function toAnswer(response: CrmResponse, now: Now): CommandAnswer {
  const { status } = response;
  if (isForeign(response) || saysItFailed(response)) throw httpFailure(response, now);
  if (DONE.includes(status)) return { outcome: 'done' };
  if (status === 404) return { outcome: 'unknown-contacts' };
  if (status === 409) return { outcome: 'contradiction', code: answerCode(response) };
  throw httpFailure(response, now);
}
