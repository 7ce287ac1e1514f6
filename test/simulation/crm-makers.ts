import { anyModelCrm, type CrmMaker } from './run-seed.ts';

/** The CRMs that a simulation can be run against. */
export function crmMakers(name: string): CrmMaker {
  if (name === 'model') return anyModelCrm;
  throw new Error(`there is no simulated CRM ${name}: try model`);
}
