/**
 * Contact properties that HubSpot writes itself: ids, what merges collect, where and when a record was made.
 * https://knowledge.hubspot.com/properties/hubspots-default-contact-properties
 */
export const HUBSPOT_OWN_PROPERTIES = [
  ...['hs_object_id', 'vid', 'hs_all_contact_vids', 'hs_unique_creation_key'],
  ...['hs_merged_object_ids', 'hs_calculated_merged_vids', 'hs_additional_emails'],
  ...['createdate', 'lastmodifieddate', 'hs_createdate', 'hs_lastmodifieddate'],
  ...['hs_created_by_user_id', 'hs_updated_by_user_id', 'hs_read_only', 'hs_was_imported'],
  ...['hs_object_source', 'hs_object_source_id', 'hs_object_source_label', 'hs_object_source_user_id'],
];
