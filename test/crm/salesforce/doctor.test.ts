import { examineSalesforce } from '../../../lib/crm/salesforce/doctor.ts';
import type { SalesforceSettings } from '../../../lib/crm/salesforce/settings.ts';
import { createSalesforceLookalike, type LookalikeOptions } from '../../lookalikes/salesforce.ts';
import { NOW } from './world.ts';

interface Case extends LookalikeOptions {
  settings?: Partial<SalesforceSettings>;
  mapped?: string[];
  orgClock?: number;
  prepare?: (lookalike: ReturnType<typeof createSalesforceLookalike>) => void;
}

async function examine({ settings, mapped = ['Email'], orgClock = NOW, prepare, ...options }: Case = {}) {
  const lookalike = createSalesforceLookalike({ now: () => orgClock, ...options });
  prepare?.(lookalike);
  const findings = await examineSalesforce({
    settings: {
      kind: 'salesforce',
      instanceUrl: 'https://acme.my.salesforce.com',
      credentials: { clientId: 'client', clientSecret: 'secret' },
      timeoutMs: 300,
      ...settings,
    },
    mapped,
    fetch: lookalike.fetch,
    now: () => NOW,
  });
  expect(lookalike.violations).toEqual([]);
  return { findings, wrong: findings.filter(({ ok }) => !ok).map(({ check, advice }) => `${check}: ${advice}`) };
}

it('finds nothing wrong with an org that is set up, and says what it looked at', async () => {
  const { findings, wrong } = await examine({ settings: { absorbedIdsField: 'Dustess_Merged_Ids__c' } });
  expect(wrong).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([
    'API version',
    'clock',
    'credentials',
    'daily API limit',
    'SOAP API',
    'permission to merge contacts',
    'id field Dustess_Contact_Id__c',
    'field for merged ids Dustess_Merged_Ids__c',
    'mapped field Email',
  ]);
});

it.each<[string, Case, string]>([
  [
    'an address that does not answer',
    { prepare: ({ faults }) => faults.add({ on: 'versions', how: 'hang-up' }) },
    'address: salesforce: GET /services/data/ got no answer (ECONNRESET)',
  ],
  [
    'an address of something else',
    { prepare: ({ faults }) => faults.add({ on: 'versions', how: { status: 200, body: '<html>' } }) },
    'address: this is not the address of an org; use https://….my.salesforce.com',
  ],
  [
    'an address of the user interface',
    { settings: { instanceUrl: 'https://acme.lightning.force.com' } },
    'address: instanceUrl is an address of the user interface; use https://….my.salesforce.com',
  ],
  [
    'an old API version',
    { settings: { apiVersion: '99.0' } },
    'API version: the org does not have 99.0; its latest is 65.0',
  ],
  [
    'a clock that is fast',
    { orgClock: NOW - 120_000 },
    'clock: this machine is 120 s fast by Salesforce: synchronise it (NTP), signatures count as too old otherwise',
  ],
  [
    'wrong credentials',
    { settings: { credentials: { clientId: 'client', clientSecret: 'wrong' } } },
    'credentials: salesforce: sign-in was refused with invalid_client (is the consumer secret right?)',
  ],
  [
    'an app that issues JWTs',
    { quirks: { jwtTokens: true } },
    'credentials: salesforce: the token endpoint gives out a JWT-format access token, which the SOAP API does not accept: switch "Issue JWT-based access tokens" off in the app',
  ],
  [
    'a SOAP API that is switched off',
    { prepare: ({ faults }) => faults.add({ on: 'timestamp', how: { code: 'API_DISABLED_FOR_ORG' } }) },
    'SOAP API: salesforce: POST getServerTimestamp was refused with API_DISABLED_FOR_ORG; merging needs it: "API Enabled", and no JWT-format access tokens',
  ],
  [
    'hardly any calls left',
    { dailyLimit: 100, prepare: ({ usage }) => Object.assign(usage, { used: 95 }) },
    'daily API limit: 4 of 100 calls left for these 24 hours: find out who uses them, or buy more; until then merges wait',
  ],
  [
    'a user who may only read',
    { quirks: { readOnlyUser: true } },
    'permission to merge contacts: the user needs Edit and Delete on Contact',
  ],
  [
    'no id field',
    { settings: { idField: 'Other__c' } },
    'id field Other__c: create it: Contact, Text(255), External ID, Unique; let the user see and edit it',
  ],
  [
    'an id field that is not unique',
    { quirks: { idFieldNotUnique: true } },
    'id field Dustess_Contact_Id__c: tick "Unique"',
  ],
  ['an id field that is none', { settings: { idField: 'Title' } }, 'id field Title: tick "External ID"; tick "Unique"'],
  [
    'a field for merged ids that is short',
    { settings: { absorbedIdsField: 'Title' } },
    'field for merged ids Title: make it a Long Text Area(131072)',
  ],
  [
    'a mapped field that does not exist',
    { mapped: ['Nick__c'] },
    'mapped field Nick__c: Contact has no such field, or the user may not see it: correct the mapping',
  ],
  ['a mapped field that is read-only', { mapped: ['CreatedDate'] }, 'mapped field CreatedDate: let the user edit it'],
  [
    'a field of the journal that the user may not see',
    { settings: { journalFields: ['Secret__c'] } },
    'field Secret__c: the user may not see it: grant read access, or leave it out with journal.properties',
  ],
])('says what to do about %s', async (_, options, advice) => {
  expect((await examine(options)).wrong).toEqual([advice]);
});
