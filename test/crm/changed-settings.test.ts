import { withChangedSettings } from '../../lib/crm/changed-settings.ts';
import { ConfigError, CrmError, type CrmFailure, StoreError } from '../../lib/errors.ts';

const failing = (kind: CrmFailure) => ({
  name: 'crm',
  merge: async () => {
    throw new CrmError(kind, 'crm: refused', { code: 'INVALID_SESSION_ID' });
  },
});
const outcome = (kind: CrmFailure, isChanged: () => Promise<boolean>) =>
  withChangedSettings(failing(kind), { since: 0, isChanged })
    .merge()
    .catch(({ kind: seen, code }: CrmError) => [seen, code]);
const fails = (error: Error) => async () => {
  throw error;
};

describe('credentials that a CRM refuses', () => {
  it('and that were replaced meanwhile: the call comes back soon, with the new ones', async () => {
    expect(await outcome('auth', async () => true)).toEqual(['retry-soon', 'SETTINGS_CHANGED']);
  });

  it('and that are still those in force: the refusal stands', async () => {
    expect(await outcome('auth', async () => false)).toEqual(['auth', 'INVALID_SESSION_ID']);
  });

  it('with settings that are wrong by now: the event comes back, and waits for them', async () => {
    expect(await outcome('auth', fails(new ConfigError('no JSON')))).toEqual(['retry-soon', 'SETTINGS_CHANGED']);
  });

  it('while the store cannot be reached: the refusal stands', async () => {
    expect(await outcome('auth', fails(new StoreError('SSM')))).toEqual(['auth', 'INVALID_SESSION_ID']);
  });

  it('no other failure asks the store', async () => {
    const isChanged = jest.fn(async () => true);
    for (const kind of ['permanent', 'ambiguous', 'retry-soon', 'retry-after'] as const)
      expect((await outcome(kind, isChanged)) as unknown).toEqual([kind, 'INVALID_SESSION_ID']);
    expect(isChanged).not.toHaveBeenCalled();
  });
});
