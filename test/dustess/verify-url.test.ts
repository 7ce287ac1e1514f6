import { verifyUrl } from '../../lib/dustess/verify-url.ts';
import { INTAKE, NOW, RECEIVE_ID, refusalOf, sealed } from './sealing.ts';

const ECHO = '"回声 1234567890"';
const { encrypt, msgSignature, timeStamp, nonce } = sealed(ECHO);
const verify = (query: Record<string, string | undefined>) => verifyUrl(query, INTAKE, NOW);

describe('URL verification', () => {
  it.each([
    ['msg_signature', 'timestamp', 'nonce', 'echo_str'],
    ['msg_signature', 'timestamp', 'nonce', 'echostr'],
    ['msgSignature', 'timeStamp', 'nonce', 'echoStr'],
    ['Signature', 'Timestamp', 'Nonce', 'Encrypt'],
    ['MSG_SIGNATURE', 'TIME_STAMP', 'NONCE', 'ECHO_STR'],
    ['signature', 'timestamp', 'nonce', 'encrypt'],
  ])('promise 1: answers the echo exactly to %s, %s, %s, %s', (signature, timestamp, once, echo) => {
    const query = { [signature]: msgSignature, [timestamp]: timeStamp, [once]: nonce, [echo]: encrypt };
    expect(verify(query)).toBe(ECHO);
  });

  it('passes over parameters that are not the sender’s', () => {
    const query = { msg_signature: msgSignature, timestamp: timeStamp, nonce, echo_str: encrypt };
    expect(verify({ from: 'x', signature: 'theirs', encrypt: 'theirs', ...query, gone: undefined })).toBe(ECHO);
  });

  it.each(['', '\uFEFFx', 'x\n', ' x ', '😀', '12345678901234567890', 'null', '{not JSON', 'x'.repeat(1024)])(
    'adds nothing to and takes nothing from %j',
    (echo) => {
      const body = sealed(echo);
      expect(verify({ ...body, echo_str: body.encrypt })).toBe(echo);
    },
  );

  it('puts back the + that the sender forgot to encode', () => {
    const body = Array.from({ length: 50 }, (_, n) => sealed(`echo ${n}`)).find((one) => one.encrypt.includes('+'));
    const { encrypt: echo = '', ...rest } = body ?? {};
    const query = Object.fromEntries(new URLSearchParams(`echo_str=${echo}`));
    expect(query.echo_str).toContain(' ');
    expect(verify({ ...rest, ...query })).toMatch(/^echo \d+$/);
  });

  it.each(['msgSignature', 'timeStamp', 'nonce', 'encrypt'])('promise 1: is refused without %s', (part) => {
    const query = { msgSignature, timeStamp, nonce, encrypt, [part]: undefined };
    expect(refusalOf(() => verify(query))).toBe('missing-signature-fields');
  });

  it('promise 1: is refused with a wrong signature, for another company, and after a day', () => {
    expect(refusalOf(() => verify({ msgSignature, timeStamp, nonce: 'other', encrypt }))).toBe('bad-signature');
    expect(refusalOf(() => verify({ ...sealed(ECHO, { receiveId: `${RECEIVE_ID}0` }) }))).toBe('foreign-receive-id');
    const yesterday = sealed(ECHO, { timestamp: String(NOW - 86_400_001) });
    expect(refusalOf(() => verify({ ...yesterday }))).toBe('too-old');
  });
});

describe('promise 11: the check of the URL opens no events', () => {
  it.each([
    ['a merge', JSON.stringify({ mainID: 's', mergedIDs: ['l'], changed: { remark: 'very private' } })],
    ['another event', JSON.stringify({ id: 'c', remark: 'very private', mobiles: ['13200000000'] })],
    ['an event in an envelope', JSON.stringify({ event: 'E', body: {} })],
    ['a list', JSON.stringify([{ remark: 'very private' }])],
    ['an empty object', '{}'],
    ['an empty list', ' [ ]\n'],
    ['an event after a byte order mark', '\uFEFF{"remark":"very private"}'],
    ['an event in a JSON text', JSON.stringify(JSON.stringify({ remark: 'very private' }))],
    ['a text longer than any echo', 'x'.repeat(1025)],
    ['a text of more bytes than any echo', '好'.repeat(342)],
  ])('%s, captured and sent as an echo, is refused', (_, text) => {
    const captured = sealed(text);
    expect(refusalOf(() => verify({ ...captured, echostr: captured.encrypt }))).toBe('not-an-echo');
  });
});
