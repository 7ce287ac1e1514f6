import { createHubspotCrm } from '../../../lib/crm/hubspot/hubspot.ts';
import type { CrmError } from '../../../lib/errors.ts';
import { property } from '../../lookalikes/hubspot-account.ts';
import { createAccount, seedContact } from './portal-world.ts';

function open(apiVersion = '2026-09') {
  const account = createAccount();
  account.portal.properties.set('country', property('country'));
  account.portal.properties.set('state', property('state'));
  const access = { token: 'pat-test', fetch: account.fetch, now: Date.now, sleep: async () => {}, timeoutMs: 1_000 };
  const crm = createHubspotCrm({ ...access, apiVersion });
  const refusal = (call: Promise<unknown> | undefined) =>
    (call ?? Promise.resolve()).then(
      () => undefined,
      (error: CrmError) => ({ kind: error.kind, code: error.code, message: error.message }),
    );
  return { account, crm, refusal };
}

describe('rules for required properties', () => {
  it('name the property that is missing, which was never sent', async () => {
    const { account, crm, refusal } = open();
    const ada = seedContact(account, 'ada');
    account.portal.rules.conditional.push({ when: 'country', needs: 'state' });
    expect(await refusal(crm.update(ada, { values: { country: 'US' } }))).toEqual({
      kind: 'permanent',
      code: 'MISSING_CONDITIONAL_REQUIRED_PROPERTY.state',
      message:
        'hubspot: PATCH a contact answered 400; a rule of the account requires state: map it, or loosen the rule in HubSpot',
    });
    await crm.update(ada, { values: { country: 'US', state: 'TX' } });
    expect(account.broken).toEqual([]);
  });

  it('of the form for new records bind a create', async () => {
    const { account, crm, refusal } = open();
    account.portal.rules.onCreate.push('firstname', 'email');
    expect(await refusal(crm.create?.({ contactId: 'ada', values: {} }))).toMatchObject({
      kind: 'permanent',
      code: 'MISSING_REQUIRED_PROPERTY.firstname.email',
    });
    expect(account.portal.contacts.size).toBe(0);
  });

  it('never stop a merge, and do not exist before version 2026-09', async () => {
    const { account, crm } = open('2026-03');
    const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob', { country: 'US' })];
    account.portal.rules.conditional.push({ when: 'country', needs: 'state' });
    account.portal.rules.onCreate.push('firstname');
    const { survivor } = await crm.merge({ survivor: ada, losers: [bob] });
    await crm.update(survivor, { values: { country: 'US' } });
    await crm.create?.({ contactId: 'eve', values: {} });
    for (const { path } of account.seen) expect(path).toContain('/2026-03/');
  });
});

describe('a property that is named in the message only', () => {
  const answered = async (
    body: object,
    write: Record<string, string> = { lifecyclestage: 'vip', nickname: 'Zhang' },
  ) => {
    const { account, crm, refusal } = open();
    const ada = seedContact(account, 'ada');
    account.fail({ on: /PATCH/, when: 'before-effect', answer: { status: 400, body: { status: 'error', ...body } } });
    return refusal(crm.update(ada, { values: write }));
  };
  const embedded = (errors: object[]) => `Property values were not valid: ${JSON.stringify(errors)}`;

  it('is read from the JSON inside it, without its value', async () => {
    const errors = [
      {
        isValid: false,
        message: 'vip was not one of the allowed options',
        error: 'INVALID_OPTION',
        name: 'lifecyclestage',
      },
    ];
    const error = await answered({ category: 'VALIDATION_ERROR', message: embedded(errors) });
    expect(error).toMatchObject({ kind: 'permanent', code: 'INVALID_OPTION.lifecyclestage' });
    expect(error?.message).not.toContain('vip');
  });

  it('is one of those that were sent, and quoted there', async () => {
    const error = await answered({ category: 'VALIDATION_ERROR', message: 'Property "nickname" does not exist' });
    expect(error).toMatchObject({ code: 'PROPERTY_DOESNT_EXIST.nickname' });
  });

  it.each([
    [
      { message: embedded([{ error: 'INVALID_OPTION', name: 'zhang_san' }]), category: 'VALIDATION_ERROR' },
      'INVALID_OPTION',
    ],
    [{ message: 'Zhang has no "name"', category: 'VALIDATION_ERROR' }, 'VALIDATION_ERROR'],
    [{ message: embedded([]).slice(0, -1), category: 'VALIDATION_ERROR' }, 'VALIDATION_ERROR'],
  ])('is not guessed: %j', async (body, code) => {
    const error = await answered(body);
    expect(error).toMatchObject({ kind: 'permanent', code });
    expect(`${error?.message}`).not.toMatch(/zhang/i);
  });

  it.each([
    [
      'state is required because of a conditional property rule based on [country]',
      'MISSING_CONDITIONAL_REQUIRED_PROPERTY',
      'state',
    ],
    ['A value for first_name must be provided', 'MISSING_REQUIRED_PROPERTY', 'first_name'],
    ['Something is missing', 'MISSING_REQUIRED_PROPERTY', undefined],
    ['13800138000 is required', 'MISSING_REQUIRED_PROPERTY', undefined],
  ])('may be a missing one: %j', async (message, word, name) => {
    const error = await answered({
      category: 'VALIDATION_ERROR',
      message: 'invalid',
      errors: [{ message, code: word }],
    });
    expect(error?.code).toBe(name === undefined ? word : `${word}.${name}`);
  });
});

describe('answers that are not HubSpot’s own', () => {
  it.each(['<!DOCTYPE html><title>Sign in</title>', '{}', '[]', '"ok"', 'ok', ''])(
    'with 200 are no success: %j',
    async (body) => {
      const { account, crm } = open();
      const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
      account.fail({ on: /./, when: 'before-effect', answer: { status: 200, body }, times: 5 });
      const ambiguous = { kind: 'ambiguous', code: 'UNREADABLE_ANSWER' };
      await expect(crm.update(ada, { values: { nickname: 'x' } })).rejects.toMatchObject(ambiguous);
      await expect(crm.merge({ survivor: ada, losers: [bob] })).rejects.toMatchObject(ambiguous);
      await expect(crm.create?.({ contactId: 'eve', values: {} })).rejects.toMatchObject(ambiguous);
      await expect(crm.find(['ada'], [])).rejects.toMatchObject({ kind: 'retry-soon' });
      await expect(crm.locate([ada])).rejects.toMatchObject({ kind: 'retry-soon' });
    },
  );

  it.each([301, 302, 400, 404, 405, 409, 410, 414])(
    'with %i are no refusal: the call is tried again',
    async (status) => {
      const { account, crm } = open();
      const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
      account.fail({ on: /./, when: 'before-effect', answer: { status, body: '<html>' }, times: 3 });
      const foreign = { kind: 'retry-soon', code: 'foreign-answer' };
      await expect(crm.merge({ survivor: ada, losers: [bob] })).rejects.toMatchObject(foreign);
      await expect(crm.update(ada, { values: {} })).rejects.toMatchObject(foreign);
      await expect(crm.locate([ada])).rejects.toMatchObject(foreign);
    },
  );

  it('a merge that is under way already is waited for', async () => {
    const { account, crm } = open();
    const [ada, bob] = [seedContact(account, 'ada'), seedContact(account, 'bob')];
    const body = {
      status: 'error',
      category: 'VALIDATION_ERROR',
      message: `Contact ${ada} is already in the process of being merged`,
    };
    account.fail({ on: /merge/, when: 'before-effect', answer: { status: 400, body } });
    const merging = { kind: 'retry-soon', code: 'MERGE_IN_PROCESS' };
    await expect(crm.merge({ survivor: ada, losers: [bob] })).rejects.toMatchObject(merging);
  });
});
