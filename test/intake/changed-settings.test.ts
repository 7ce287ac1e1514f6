import { IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { ConfigError, StoreError } from '../../lib/errors.ts';
import { KEYS, OTHER_KEYS, RECEIVE_ID, sealed } from '../dustess/sealing.ts';
import { BODY, envelope, openIntake } from './intake-world.ts';

const DONE = { status: 200, body: '{"code":1,"msg":"成功"}' };
const REFUSED = { status: 401, body: '{"code":0,"msg":"处理失败"}' };
const settings = (more: object) =>
  readSettings(IntakeSettingsSchema, 'door', { keys: [KEYS], receiveIds: [RECEIVE_ID], ...more });
const under = (id: string, more: object) => ({
  ...envelope(id),
  body: { ...sealed(JSON.stringify({ ...BODY, nonce: id }), more) },
});

describe('promise 2: settings that were changed a moment ago, while older ones are in hand', () => {
  it.each([
    ['a new key pair beside the old one', { keys: [OTHER_KEYS, KEYS] }, { keys: OTHER_KEYS }],
    ['a new key pair in place of the old one', { keys: [OTHER_KEYS] }, { keys: OTHER_KEYS }],
    ['another receiveId', { receiveIds: ['W2'] }, { receiveId: 'W2' }],
  ])('%s: a callback under it is accepted at once', async (_what, more, sealing) => {
    const { post, changed } = openIntake();
    changed.settings = settings(more);
    expect(await post(under('e1', sealing))).toEqual(DONE);
  });

  it('a new account: its event is accepted at once', async () => {
    const { post, changed } = openIntake({ accounts: ['W1'] });
    changed.settings = settings({ accounts: ['W1', 'W2'] });
    const body = { ...BODY, account: 'W2' };
    expect(await post({ ...envelope('e1'), body: sealed(JSON.stringify(body)) })).toEqual(DONE);
  });

  it('the URL is verified under new keys as soon as they are stored', async () => {
    const { verify, changed } = openIntake();
    changed.settings = settings({ keys: [OTHER_KEYS] });
    const { msgSignature, timeStamp, nonce, encrypt } = sealed('an echo', { keys: OTHER_KEYS });
    const query = { msg_signature: msgSignature, timestamp: timeStamp, nonce, echostr: encrypt };
    expect(await verify(query)).toEqual({ status: 200, body: 'an echo' });
  });

  it('what new settings refuse as well is refused, with their reason', async () => {
    const { post, changed, lines } = openIntake();
    changed.settings = settings({ keys: [OTHER_KEYS] });
    expect(await post(under('e1', { keys: OTHER_KEYS, receiveId: 'W2' }))).toEqual(REFUSED);
    expect(lines.at(-1)).toMatchObject({ reason: 'foreign-receive-id' });
  });

  it('where the store says nothing else, or cannot be reached, the refusal stands', async () => {
    const { post, changed, lines } = openIntake();
    expect(await post(under('e1', { keys: OTHER_KEYS }))).toEqual(REFUSED);
    changed.problem = new StoreError('SSM: TimeoutError');
    expect(await post(under('e1', { keys: OTHER_KEYS }))).toEqual(REFUSED);
    expect(lines.map(({ reason }) => reason)).toEqual(['bad-signature', 'bad-signature']);
  });

  it('where they are wrong by now, the sender may try again', async () => {
    const { post, changed } = openIntake();
    changed.problem = new ConfigError('door: is not valid JSON');
    expect((await post(under('e1', { keys: OTHER_KEYS }))).status).toBe(503);
  });

  it('are not asked for by what no settings could let in, nor by what is accepted', async () => {
    const { post, postText, changed } = openIntake();
    await post(envelope('e1'));
    await postText('{}');
    await postText('no JSON');
    await post({ ...envelope('e1'), body: sealed(JSON.stringify(BODY), { timestamp: '1' }) });
    expect(changed.asked).toBe(0);
  });
});
