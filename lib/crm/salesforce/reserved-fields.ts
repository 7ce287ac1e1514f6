/**
 * Fields of Contact that Salesforce writes itself, and compound ones that only their parts can write.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_contact.htm
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/system_fields.htm
 */
export const SALESFORCE_OWN_FIELDS = [
  ...['Id', 'MasterRecordId', 'IsDeleted', 'attributes'],
  ...['CreatedDate', 'CreatedById', 'LastModifiedDate', 'LastModifiedById', 'SystemModstamp'],
  ...['LastActivityDate', 'LastViewedDate', 'LastReferencedDate', 'IsEmailBounced', 'PhotoUrl'],
  ...['Name', 'MailingAddress', 'OtherAddress'],
];
