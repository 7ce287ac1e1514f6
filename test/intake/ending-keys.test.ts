import type { IntakeSettings } from '../../lib/config.ts';
import { pairId } from '../../lib/dustess/envelope-keys.ts';
import { KEYS, OTHER_KEYS, sealed } from '../dustess/sealing.ts';
import { BODY, DAY, envelope, NOW, openIntake } from './intake-world.ts';

const HOUR = 3_600_000;
const DONE = { status: 200, body: '{"code":1,"msg":"成功"}' };
const REFUSED = { status: 401, body: '{"code":0,"msg":"处理失败"}' };
const rotated = (until = new Date(NOW + DAY).toISOString()): Partial<IntakeSettings> => ({
  keys: [OTHER_KEYS, { ...KEYS, until }],
});
const underNew = (id: string) => ({
  ...envelope(id),
  body: { ...sealed(JSON.stringify({ ...BODY, nonce: id }), { keys: OTHER_KEYS }) },
});

describe('promise 1: a key pair with an end', () => {
  it('is accepted beside the new one until then, and refused from then on with a reason of its own', async () => {
    const { post, clock, lines } = openIntake(rotated());
    expect(await post(envelope('old'))).toEqual(DONE);
    expect(await post(underNew('new'))).toEqual(DONE);
    clock.now = NOW + DAY;
    expect(await post(envelope('late'))).toEqual(REFUSED);
    expect(lines.at(-1)).toMatchObject({ message: 'callback refused', reason: 'expired-keys', metric: 'refused' });
    expect(await post(underNew('newer'))).toEqual(DONE);
  });

  it('is noted when it is used: once an hour, beside the writes of the event', async () => {
    const { post, clock, requests, ledger } = openIntake(rotated());
    const notes = () => requests.splice(0).filter((request) => request === 'put key-use').length;
    const uses = ledger('acme').keyUses;
    expect(await uses.last(pairId(KEYS))).toBeUndefined();
    for (const id of ['e1', 'e2', 'e3']) await post(envelope(id));
    expect(notes()).toBe(1);
    expect(await uses.last(pairId(KEYS))).toBe(NOW);
    clock.now = NOW + 3 * HOUR + 60_000;
    await post(envelope('e4'));
    expect(notes()).toBe(1);
    expect(await uses.last(pairId(KEYS))).toBe(NOW + 3 * HOUR);
  });

  it('is known for 90 days after its last use', async () => {
    const { post, clock, ledger } = openIntake(rotated());
    await post(envelope('e1'));
    const used = () => ledger('acme').keyUses.last(pairId(KEYS));
    clock.now = NOW + 90 * DAY - 1;
    expect(await used()).toBe(NOW);
    clock.now += 1;
    expect(await used()).toBeUndefined();
  });

  it('costs a callback under the new pair no request', async () => {
    const plain = openIntake();
    await plain.post(envelope('e1'));
    const { post, requests, ledger } = openIntake(rotated());
    await post(underNew('e1'));
    expect(requests).toEqual(plain.requests);
    expect(await ledger('acme').keyUses.last(pairId(OTHER_KEYS))).toBeUndefined();
  });

  it('is accepted also where its use cannot be noted, and the log says so', async () => {
    const { post, trouble, lines } = openIntake(rotated());
    trouble.failKind = 'key-use';
    expect(await post(envelope('e1'))).toEqual(DONE);
    const problem = 'DynamoDB: put failed (TimeoutError)';
    const line = { level: 'warn', message: 'use of an ending key pair not noted', tenant: 'acme', problem };
    expect(lines).toContainEqual(expect.objectContaining(line));
  });

  it('cannot be the only one', () => {
    const until = new Date(NOW).toISOString();
    expect(() => openIntake({ keys: [{ ...KEYS, until }] })).toThrow('needs one pair without `until`');
    expect(() => openIntake({ keys: [OTHER_KEYS, { ...KEYS, until: 'tomorrow' }] })).toThrow('needs a time such as');
  });
});
