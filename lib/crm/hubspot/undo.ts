import { asObject, objectIn, objectsIn, textIn } from '../../json.ts';
import type { RecordUndo } from '../../ports.ts';
import { BEGINS, type HubspotCalls } from './calls.ts';
import { HUBSPOT_OWN_PROPERTIES } from './reserved-properties.ts';
import { createContact } from './write.ts';

const CANNOT = [
  {
    en: 'The merged record does not come back: HubSpot cannot separate records. A new contact gets the values that the journal has; its record id is another one.',
    zh: '被合并的记录本身无法恢复，HubSpot 不能拆分记录。会新建一个联系人，写入调用记录里保存的值；记录 id 是新的。',
  },
  {
    en: 'Timeline, lists, associations (companies, deals, tickets …) and properties that the journal does not have stay with the survivor.',
    zh: '时间线、列表、关联对象（公司、交易、工单等）以及调用记录里没有的属性仍在主联系人名下。',
  },
  {
    en: 'The e-mail address: after a merge it is an additional address of the survivor, which HubSpot’s present API cannot take off. Take it off by hand, then write it on the new contact.',
    zh: '邮箱：合并后它是主联系人的附加邮箱，HubSpot 现行 API 无法移除。请先人工移除，再填到新联系人上。',
  },
];

/**
 * A new contact under the merged contact's id. That id is a unique property: a repeat after an unanswered creation is
 * refused by HubSpot, and finds the first. https://developers.hubspot.com/docs/api-reference/latest/crm/objects/contacts/guide
 */
export function createUndo(calls: HubspotCalls, idProperty: string): RecordUndo {
  return {
    comesBackAs: 'new-record',
    cannot: CANNOT,
    writable: (properties) => writableOf(calls, properties, idProperty),
    bringBack: async ({ contactId, values }) => ({
      recordId: await createContact(calls, { idProperty, write: { contactId, values } }),
    }),
  };
}

/** An e-mail address that the survivor has would let HubSpot refuse the whole contact. */
const NEVER = new Set(['email', ...HUBSPOT_OWN_PROPERTIES]);

/** https://developers.hubspot.com/docs/api-reference/latest/crm/properties/get-properties */
async function writableOf(calls: HubspotCalls, properties: string[], idProperty: string): Promise<string[]> {
  const label = 'the properties of contacts';
  const { results } = objectIn((await calls({ method: 'GET', properties: '', label, ...BEGINS })).text);
  const free = objectsIn(results).filter(
    (one) => asObject(one.modificationMetadata).readOnlyValue !== true && one.calculated !== true,
  );
  const names = new Set(free.map((one) => textIn(one, 'name')));
  return properties.filter((name) => names.has(name) && name !== idProperty && !NEVER.has(name));
}
