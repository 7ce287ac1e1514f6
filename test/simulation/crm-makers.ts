import { exampleCrm } from '../docs/example-simulated.ts';
import { dynamicsCrm } from './dynamics-crm.ts';
import { anyModelCrm } from './model-crms.ts';
import { pipedriveCrm } from './pipedrive-crm.ts';
import type { CrmMaker } from './simulated-crm.ts';
import { hubspotCrm, salesforceCrm } from './vendor-crms.ts';

const MAKERS: Record<string, CrmMaker> = {
  model: anyModelCrm,
  hubspot: hubspotCrm,
  salesforce: salesforceCrm,
  dynamics: dynamicsCrm,
  pipedrive: pipedriveCrm,
  example: exampleCrm, // Of docs/adapter.md.
};

/** The CRMs that a simulation can be run against. */
export function crmMakers(name: string): CrmMaker {
  const maker = MAKERS[name];
  if (!maker) throw new Error(`there is no simulated CRM ${name}: try ${Object.keys(MAKERS).join(', ')}`);
  return maker;
}
