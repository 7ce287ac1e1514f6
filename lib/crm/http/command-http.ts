import type { CommandAnswer, CommandCrm, MergeCommand, Now, UnmergeCommand } from '../../ports.ts';
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
export function createCommandHttpCrm({
  unmerge,
  ...access
}: HttpAccess & { unmerge?: boolean | undefined }): CommandCrm {
  const post = createSignedPost(access);
  const tell = async (key: string, body: string) => toAnswer(await post(key, body), access.now);
  return {
    style: 'command',
    name: VENDOR,
    send: (command, idempotencyKey) => tell(idempotencyKey, commandBody(command)),
    // A receiver that does not look at the type would take it for a merge: only who says so is told.
    ...(unmerge && { unmerge: (command, idempotencyKey) => tell(idempotencyKey, unmergeBody(command)) }),
  };
}

/** Members in one fixed order, and no time but the event's: a retry says the same, byte for byte. */
function commandBody(command: MergeCommand): string {
  return JSON.stringify({ type: 'contact.merged', timestamp: command.triggeredAt, data: dataOf(command) });
}

function dataOf(command: MergeCommand) {
  const { tenant, eventId, survivorId, loserIds, changed, old, mergedContacts, ...rest } = command;
  const { triggeredAt, operatorId, origin } = rest;
  return { tenant, eventId, survivorId, loserIds, changed, old, mergedContacts, triggeredAt, operatorId, origin };
}

/** The members of the merge's own command, and after them who takes it back and when. */
function unmergeBody({ undoneAt, undoneBy, ...merge }: UnmergeCommand): string {
  const data = { ...dataOf(merge), undoneAt, undoneBy };
  return JSON.stringify({ type: 'contact.unmerged', timestamp: undoneAt, data });
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
