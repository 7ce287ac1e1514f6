import { adapter } from '../adapter.ts';
import { given } from '../given.ts';
import { HUBSPOT_OWN_PROPERTIES } from './reserved-properties.ts';
import { HUBSPOT_ABSORBED_IDS_PROPERTY, HUBSPOT_ID_PROPERTY, HubspotSettingsSchema } from './settings.ts';

export const hubspotAdapter = adapter({
  settings: HubspotSettingsSchema,
  // HubSpot's limit counts calls, and our pace keeps to it whatever comes at once. Two workers need so many to fill it:
  // a call takes some 0.2 s.
  eventsAtOnce: 10,
  reserved: ({ idProperty = HUBSPOT_ID_PROPERTY, absorbedIdsProperty = HUBSPOT_ABSORBED_IDS_PROPERTY }) => ({
    ids: [idProperty, absorbedIdsProperty],
    ofTheCrm: HUBSPOT_OWN_PROPERTIES,
  }),
  async open(settings, parts) {
    const { openHubspot } = await import('./from-settings.ts');
    return openHubspot({ ...given(settings), ...parts });
  },
  async examine(settings, examination) {
    const { examineHubspot } = await import('./doctor.ts');
    return examineHubspot({ ...given(settings), ...examination });
  },
});
