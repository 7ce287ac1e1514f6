import { tenantsSharingKeys } from '../../lib/dustess/shared-keys.ts';
import { KEYS, OTHER_KEYS } from './sealing.ts';

describe('keys that several tenants share', () => {
  it('are found between any two tenants, old pairs included', () => {
    const tenants = { acme: { keys: [KEYS] }, outlet: { keys: [OTHER_KEYS, KEYS] }, third: { keys: [OTHER_KEYS] } };
    expect(tenantsSharingKeys(tenants)).toEqual([
      ['acme', 'outlet'],
      ['outlet', 'third'],
    ]);
  });

  it('are harmless where both tenants list their accounts, and none twice', () => {
    const acme = { keys: [KEYS], accounts: ['W1'] };
    expect(tenantsSharingKeys({ acme, outlet: { keys: [KEYS], accounts: ['W2'] } })).toEqual([]);
    expect(tenantsSharingKeys({ acme, outlet: { keys: [KEYS], accounts: ['W2', 'W1'] } })).toHaveLength(1);
    expect(tenantsSharingKeys({ acme, outlet: { keys: [KEYS] } })).toHaveLength(1);
  });

  it('one account in common is enough', () => {
    const acme = { keys: [KEYS], accounts: ['W1', 'W2'] };
    expect(tenantsSharingKeys({ acme, outlet: { keys: [KEYS], accounts: ['W2', 'W3'] } })).toHaveLength(1);
  });

  it('are not shared by an AES key alone: no signature fits', () => {
    const half = { token: OTHER_KEYS.token, encodingAesKey: KEYS.encodingAesKey };
    expect(tenantsSharingKeys({ acme: { keys: [KEYS] }, outlet: { keys: [half] } })).toEqual([]);
  });

  it('are not shared by a token alone: nothing opens', () => {
    const half = { token: KEYS.token, encodingAesKey: OTHER_KEYS.encodingAesKey };
    expect(tenantsSharingKeys({ acme: { keys: [KEYS] }, outlet: { keys: [half] } })).toEqual([]);
  });
});
