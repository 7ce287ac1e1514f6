import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readMergeEvent } from '../../lib/dustess/merge-event.ts';
import { readEnvelope } from '../../lib/dustess/read-envelope.ts';
import { SAMPLE_ENVELOPE } from '../../lib/dustess/sample.ts';
import { sign } from '../../lib/dustess/signature.ts';
import { verifyUrl } from '../../lib/dustess/verify-url.ts';
import type { JsonObject } from '../../lib/json.ts';
import { INTAKE, KEYS, open, refusalOf } from './sealing.ts';
import sdk from './vectors/sender-sdk.json';

const sampleText = (name: string) => readFileSync(path.join(__dirname, 'vectors', name), 'utf8');

describe('the SDK of 尘锋', () => {
  it.each(sdk.vectors)('promise 1: $source opens to the known plaintext', ({ plaintext, ...sealed }) => {
    expect(open(sealed, {}, Number(sealed.timeStamp) * 1000)).toBe(plaintext);
  });

  it.each(sdk.vectors)('$source has the known signature', ({ encrypt, nonce, timeStamp, msgSignature }) => {
    expect(sign(KEYS.token, { encrypt, nonce, timestamp: timeStamp })).toBe(msgSignature);
  });

  it('answers its URL verification exactly, quotes included', () => {
    const { encrypt, msgSignature, timeStamp, nonce, plaintext } = sdk.vectors[1] as (typeof sdk.vectors)[0];
    const query = { msg_signature: msgSignature, timestamp: timeStamp, nonce, echostr: encrypt };
    expect(verifyUrl(query, INTAKE, Number(timeStamp) * 1000)).toBe(plaintext);
  });
});

describe('the samples of 尘锋’s page', () => {
  it('the plain one is read into our words', () => {
    const envelope = readEnvelope(sampleText('seed-plain.json'));
    expect(envelope).toMatchObject({
      id: 'd7ed8618-6180-4ded-a5a5-a315369e6b1e',
      event: 'CRM_MERGE',
      action: 'CRM_CONTACT_MERGED',
    });
    const { plain } = envelope as { plain: JsonObject };
    const event = readMergeEvent('event-1', plain);
    expect(event).toMatchObject({
      eventId: 'event-1',
      survivorId: 'eb2198d0-04dd-11ee-bf9b-c64788aed849',
      loserIds: ['2df106aa-7057-11ed-a049-a2eb63fbe44a'],
      triggeredAt: 1_686_107_367_000,
      account: 'W00000000082',
      operatorId: '34',
      origin: '',
    });
    expect(event.changed).toEqual([
      emptied('field10', 'text'),
      emptied('field34', 'radio'),
      emptied('field35', 'datetime'),
      emptied('field36', 'date'),
    ]);
    expect(event.old.filter(({ cleared }) => !cleared).map(({ key }) => key)).toEqual([
      'remark',
      'gender',
      'age',
      'provCity',
      'mobiles',
      'sourceCode',
      'mobileList',
    ]);
    expect(event.mergedContacts).toHaveLength(1);
  });

  it('the plain one is what the operator gets as the built-in sample', () => {
    expect(SAMPLE_ENVELOPE).toEqual(JSON.parse(sampleText('seed-plain.json')));
  });

  it('the encrypted one, whose key is not known, is read and refused', () => {
    const envelope = readEnvelope(sampleText('seed-encrypted.json'));
    expect(envelope).toMatchObject({ id: '4c6421ea-f503-4a89-ba5b-7c9524cf596f' });
    const { sealed } = envelope as Extract<typeof envelope, { sealed: unknown }>;
    expect(sealed.encrypt).toHaveLength(344);
    expect(refusalOf(() => open(sealed, {}, Number(sealed.timeStamp) * 1000))).toBe('bad-signature');
  });
});

const emptied = (id: string, type: string) => ({
  key: `customFields.${id}`,
  value: '',
  cleared: true,
  type,
  wire: { id, type, value: '""' },
});
