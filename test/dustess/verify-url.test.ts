import { verifyUrl } from '../../lib/dustess/verify-url.ts';
import { DOOR, NOW, RECEIVE_ID, refusalOf, sealed } from './door.ts';

const ECHO = '"回声 1234567890"';
const { encrypt, msgSignature, timeStamp, nonce } = sealed(ECHO);
const verify = (query: Record<string, string | undefined>) => verifyUrl(query, DOOR, NOW);

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

  it('passes over parameters of somebody else', () => {
    const query = { msg_signature: msgSignature, timestamp: timeStamp, nonce, echo_str: encrypt };
    expect(verify({ from: 'x', signature: 'theirs', encrypt: 'theirs', ...query, gone: undefined })).toBe(ECHO);
  });

  it.each(['', '\uFEFFx', 'x\n', ' x ', '{"a":1}', '😀'])('adds nothing to and takes nothing from %j', (echo) => {
    const body = sealed(echo);
    expect(verify({ ...body, echo_str: body.encrypt })).toBe(echo);
  });

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
  it('refuses a captured callback that is sent as an echo', () => {
    const captured = sealed(JSON.stringify({ mainID: 's', mergedIDs: ['l'], changed: { remark: 'very private' } }));
    const query = { ...captured, echostr: captured.encrypt };
    expect(refusalOf(() => verify(query))).toBe('not-an-echo');
  });

  it('still answers an echo that happens to be JSON', () => {
    const echo = sealed('{"random":"12345"}');
    expect(verify({ ...echo, echostr: echo.encrypt })).toBe('{"random":"12345"}');
  });
});
