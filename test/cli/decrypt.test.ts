import { readFileSync } from 'node:fs';
import path from 'node:path';
import { localTime } from '../../lib/local-time.ts';
import { NOW, OTHER_KEYS, RECEIVE_ID, sealed, sealedBytes } from '../dustess/sealing.ts';
import { run } from './console.ts';

const BODY = '{"mainID":"a",\n "note":"好 😀"}';
const capture = (body: unknown) => JSON.stringify({ id: 'event-1', event: 'CRM_MERGE', action: 'DONE', body });
const CAPTURED = capture(sealed(BODY));
const ENV = { DUSTESS_TOKEN: 'thisisatoken', DUSTESS_ENCODING_AES_KEY: 'jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C' };

describe('merge-sync decrypt', () => {
  it('prints the message to the letter, and beside it who signed it when', async () => {
    const { code, out, err } = await run(['decrypt'], { stdin: CAPTURED });
    expect(out).toBe(BODY);
    expect(err).toBe(`genuine: signed at ${localTime(NOW)} for receiveId ${RECEIVE_ID}; its age was not checked`);
    expect(code).toBe(0);
  });

  it('opens a file, and one of any age', async () => {
    const old = capture(sealed(BODY, { timestamp: '1661233174' }));
    const { code, out, err } = await run(['decrypt', 'old.json'], { files: { 'old.json': old } });
    expect([code, out]).toEqual([0, BODY]);
    expect(err).toContain(`signed at ${localTime(Date.UTC(2022, 7, 23, 5, 39, 34))}`);
  });

  it('names the receiveId where none is given, for that is how one learns it', async () => {
    const captured = capture(sealed(BODY, { receiveId: 'client-7' }));
    const { code, err } = await run(['decrypt'], { stdin: captured, env: ENV });
    expect(err).toContain('for receiveId client-7');
    expect(code).toBe(0);
  });

  it('prints the whole event with --json, its inner names where it has any', async () => {
    const whole = sealed('{"id":"inner","event":"E","action":"A","body":{"mainID":"a"}}');
    const { out, err } = await run(['decrypt', '--json'], { stdin: capture(whole) });
    expect(JSON.parse(out)).toEqual({
      id: 'inner',
      event: 'E',
      action: 'A',
      body: { mainID: 'a' },
      receiveId: RECEIVE_ID,
      sentAt: new Date(NOW).toISOString(),
    });
    expect(err).toBe('');
  });

  const page = readFileSync(path.join(__dirname, '../dustess/vectors/seed-encrypted.json'), 'utf8');

  it.each([
    ['the page’s sample, whose key is not known', page, 'the signature does not fit'],
    ['another AES key', capture(sealed('{}', { keys: { ...OTHER_KEYS, token: ENV.DUSTESS_TOKEN } })), 'opens nothing'],
    ['bytes that are no message', capture(sealedBytes(Buffer.alloc(64))), 'the AES key opens nothing'],
    ['another receiveId', capture(sealed('{}', { receiveId: 'other' })), 'leave --receive-id out'],
    ['a time stamp that is none', capture(sealed('{}', { timestamp: 'now' })), 'its timeStamp is no time'],
    ['the scheme of 2019', capture('b2xk'), 'the scheme of 2019'],
    ['no signature', capture({ encrypt: 'x' }), 'encrypt, msgSignature, timeStamp or nonce is missing'],
    ['no JSON', 'id=1', 'this is not the JSON of a callback'],
  ])('does not open %s: exit code 1, and why', async (_, stdin, why) => {
    const { code, out, err } = await run(['decrypt'], { stdin });
    expect(err).toMatch(/^merge-sync: .*$/);
    expect(err).toContain(why);
    expect([code, out]).toEqual([1, '']);
  });

  it('has nothing to do with plain text: exit code 2', async () => {
    const { code, err } = await run(['decrypt'], { stdin: capture({ mainID: 'a' }) });
    expect(err).toContain('plain text: there is nothing to decrypt');
    expect(code).toBe(2);
  });
});
