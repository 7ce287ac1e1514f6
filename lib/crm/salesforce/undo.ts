import { CrmError } from '../../errors.ts';
import type { RecordUndo } from '../../ports.ts';
import type { SalesforceCalls } from './calls.ts';
import { describeContact } from './describe.ts';
import { refusal, VENDOR } from './failures.ts';
import { idKey } from './record-ids.ts';
import { readUndeleteAnswer, undeleteEnvelope } from './soap.ts';

const CANNOT = [
  {
    en: 'Children of the merged record (activities, cases, opportunity roles …) stay with the survivor: Salesforce moved them, and does not move them back.',
    zh: '被合并记录的下级数据（活动、个案、业务机会角色等）仍在主联系人名下：Salesforce 已把它们移过去，不会移回。',
  },
  {
    en: 'After some 15 days, or once the recycle bin was emptied, the record itself is gone.',
    zh: '大约 15 天之后，或清空回收站之后，记录本身也无法恢复。',
  },
];

/**
 * A merged-away contact lies in the recycle bin; SOAP `undelete` takes it out, with its id and its own fields. REST has no
 * such call: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm
 */
export function createUndo(calls: SalesforceCalls, idField: string): RecordUndo {
  return {
    comesBackAs: 'itself',
    cannot: CANNOT,
    writable: (properties) => updateableOf(calls, properties, idField),
    async bringBack({ recordId }) {
      await undelete(calls, recordId);
      return { recordId };
    },
  };
}

async function updateableOf(calls: SalesforceCalls, properties: string[], idField: string): Promise<string[]> {
  const { fields } = await describeContact(calls);
  const updateable = new Set(fields.filter((field) => field.updateable).map(({ name }) => name.toLowerCase()));
  updateable.delete(idField.toLowerCase());
  return properties.filter((property) => updateable.has(property.toLowerCase()));
}

async function undelete(calls: SalesforceCalls, recordId: string): Promise<void> {
  const envelope = (token: string) => undeleteEnvelope(token, recordId);
  const answer = readUndeleteAnswer(await calls.soap({ label: 'undelete', envelope, repeatable: false }));
  if (answer.answer === 'refused')
    throw refusal(answer.refusals, { what: 'POST undelete', repeatable: false, now: calls.now });
  if (answer.answer === 'undeleted' && idKey(answer.recordId) === idKey(recordId)) return;
  throw new CrmError('ambiguous', `${VENDOR}: POST undelete answered something else than its result`, {
    code: 'UNREADABLE',
  });
}
