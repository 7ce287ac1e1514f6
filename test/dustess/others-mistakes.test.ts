import crypto, { randomBytes } from 'node:crypto';
import { createHandler } from '../../functions/receive/handler.ts';
import { IntakeSettingsSchema, readSettings } from '../../lib/config.ts';
import { decodeAesKey } from '../../lib/dustess/envelope-keys.ts';
import { readEnvelope } from '../../lib/dustess/read-envelope.ts';
import type { SealedBody } from '../../lib/dustess/sealed-body.ts';
import { CallbackRefused } from '../../lib/errors.ts';
import type { IntakeDeps } from '../../lib/intake/receive-callback.ts';
import { createLog } from '../../lib/log.ts';
import {
  framed,
  INTAKE,
  KEYS,
  NOW,
  OTHER_KEYS,
  open,
  RECEIVE_ID,
  refusalOf,
  sealed,
  sealedBytes,
  signed,
} from './sealing.ts';
import sdk from './vectors/sender-sdk.json';

// Each of these was found in some receiver of this scheme; what is refused here is correctly signed unless said otherwise.

it('padding is to 32 bytes, not to 16: a message of any length opens', () => {
  for (let length = 0; length <= 64; length++) expect(open(sealed('x'.repeat(length)))).toBe('x'.repeat(length));
});

describe('the padding bytes', () => {
  it.each([0, 33, 48, 128, 255])('are out of range when they say %d', (says) => {
    expect(refusalOf(() => open(sealedBytes(framed('x'.repeat(80), { says }))))).toBe('undecryptable');
  });

  it.each([33, 48, 255])('are out of range also when %d of them say so', (count) => {
    const message = 'x'.repeat(512 - count - 20 - RECEIVE_ID.length);
    expect(refusalOf(() => open(sealedBytes(framed(message, { count }))))).toBe('undecryptable');
  });

  it.each([1, 2, 16, 17, 31, 32])('are fine when %d of them say so', (count) => {
    const message = 'x'.repeat(64 - count + 32 - 20 - RECEIVE_ID.length);
    expect(open(sealedBytes(framed(message, { count })))).toBe(message);
  });

  it('say all the same', () => {
    for (let at = 2; at <= 17; at++) {
      const plain = framed('x'.repeat(64 - 20 - RECEIVE_ID.length + 15)); // 17 bytes of padding
      plain.writeUInt8(16, plain.length - at);
      expect(refusalOf(() => open(sealedBytes(plain)))).toBe('undecryptable');
    }
  });

  it('are not all there is: too short for random bytes and a length', () => {
    expect(refusalOf(() => open(sealedBytes(Buffer.alloc(32, 32))))).toBe('undecryptable');
    expect(refusalOf(() => open(sealedBytes(Buffer.alloc(16, 32))))).toBe('undecryptable');
    expect(refusalOf(() => open(sealedBytes(Buffer.concat([Buffer.alloc(19), Buffer.alloc(13, 13)]))))).toBe(
      'undecryptable',
    );
  });
});

describe('the length field', () => {
  const message = '{"a":1}';

  it.each([0xffffffff, 0x80000000, 0x7fffffff, 1_000_000, message.length + RECEIVE_ID.length + 1])(
    'does not reach beyond the plaintext: %d',
    (length) => {
      expect(refusalOf(() => open(sealedBytes(framed(message, { length }))))).toBe('undecryptable');
    },
  );

  it('does not swallow the receiveId into the message', () => {
    const greedy = framed(message, { length: message.length + RECEIVE_ID.length });
    expect(refusalOf(() => open(sealedBytes(greedy)))).toBe('foreign-receive-id');
  });

  it('does not leave the end of the message to the receiveId', () => {
    expect(refusalOf(() => open(sealedBytes(framed(message, { length: 3 }))))).toBe('foreign-receive-id');
    expect(refusalOf(() => open(sealedBytes(framed(message, { length: 0 }))))).toBe('foreign-receive-id');
  });
});

it('a foreign receiveId is refused, however good the signature', () => {
  expect(refusalOf(() => open(sealed('{}', { receiveId: 'P00000000024' })))).toBe('foreign-receive-id');
});

describe('the signature is compared in constant time', () => {
  const compare = jest.spyOn(crypto, 'timingSafeEqual');
  beforeEach(() => compare.mockClear());
  afterAll(() => compare.mockRestore());

  it.each([
    ['first', (signature: string) => `x${signature.slice(1)}`],
    ['last', (signature: string) => `${signature.slice(0, -1)}x`],
  ])('whether the %s letter differs or none, and for every token whichever fits', (_, change) => {
    const keys = [OTHER_KEYS, KEYS, { ...OTHER_KEYS, token: 'a third' }];
    const body = sealed('{}');
    expect(refusalOf(() => open({ ...body, msgSignature: change(body.msgSignature) }, { keys }))).toBe('bad-signature');
    expect(compare).toHaveBeenCalledTimes(keys.length);
    expect(open(body, { keys })).toBe('{}');
    expect(compare).toHaveBeenCalledTimes(2 * keys.length);
  });
});

describe('the age is checked', () => {
  const hoursAgo = (hours: number) => sealed('{}', { timestamp: String(NOW - hours * 3_600_000) });
  const keys = { keys: [KEYS], receiveIds: [RECEIVE_ID] };
  const { maxAgeSeconds } = readSettings(IntakeSettingsSchema, 'tenant', keys);

  it('by default against a day: longer than the sender tries, not for ever', () => {
    expect(maxAgeSeconds).toBe(86_400);
    expect(open(hoursAgo(23), { maxAgeSeconds })).toBe('{}');
    expect(refusalOf(() => open(hoursAgo(25), { maxAgeSeconds }))).toBe('too-old');
  });

  it('and cannot be switched off', () => {
    for (const none of [0, -1, null, Number.POSITIVE_INFINITY])
      expect(() => readSettings(IntakeSettingsSchema, 'tenant', { ...keys, maxAgeSeconds: none })).toThrow();
    expect(refusalOf(() => open(hoursAgo(1), { maxAgeSeconds: Number.NaN }))).toBe('too-old');
  });
});

it('the key is read though it is not canonical base64', () => {
  expect(`${Buffer.from(`${sdk.encodingAESKey}=`, 'base64').toString('base64')}`).not.toBe(`${sdk.encodingAESKey}=`);
  expect(decodeAesKey(sdk.encodingAESKey)).toHaveLength(32);
});

it('seconds and milliseconds are told apart, and each is signed as it was written', () => {
  for (const timestamp of [String(NOW), String(NOW / 1000)]) {
    expect(open(sealed('{}', { timestamp }))).toBe('{}');
    const other = timestamp.length === 13 ? String(NOW / 1000) : String(NOW);
    expect(refusalOf(() => open({ ...sealed('{}', { timestamp }), timeStamp: other }))).toBe('bad-signature');
  }
});

describe('UTF-8', () => {
  it('is decoded as one: an emoji across any boundary survives', () => {
    for (let before = 0; before <= 40; before++) {
      const message = `${'x'.repeat(before)}😀好é`;
      expect(open(sealed(message))).toBe(message);
    }
  });

  it.each(['ff', 'c3', 'f09f98', '80', 'eda080', 'c0af', '616280'])('%s is no text, and is not made one', (hex) => {
    const message = Buffer.from(hex, 'hex');
    expect(refusalOf(() => open(sealedBytes(framed(message))))).toBe('undecryptable');
    expect(refusalOf(() => open(sealedBytes(framed(message)), { receiveIds: ['*'] }))).toBe('undecryptable');
  });

  it('cut within a character by the length field is no text on either side', () => {
    const cut = sealedBytes(framed('好', { length: 1 }));
    expect(refusalOf(() => open(cut, { receiveIds: ['*'] }))).toBe('undecryptable');
  });
});

describe('the signature covers the texts as they arrived', () => {
  it('however the JSON around them is written', () => {
    const body = sealed('{"note":"a/b"}');
    const escaped = JSON.stringify({ body }, null, 4)
      .replaceAll('/', '\\/')
      .replace('"nonce": "9', '"nonce": "\\u0039');
    const envelope = readEnvelope(escaped) as { sealed: typeof body };
    expect(open(envelope.sealed)).toBe('{"note":"a/b"}');
  });

  it('and the message comes out as it went in, not written anew', () => {
    const message = '{ "b":1.0,\t"a":"\\u597d\\/", "b":2 }\r\n';
    expect(open(sealed(message))).toBe(message);
  });

  it('and not the boundaries between them: moving one is no new event', () => {
    const [{ plaintext, ...sample }] = sdk.vectors as [(typeof sdk.vectors)[0]];
    const at = Number(sample.timeStamp) * 1000;
    const moved = { ...sample, encrypt: `${sample.encrypt}${sample.nonce[0]}`, nonce: sample.nonce.slice(1) };
    expect(open(sample, {}, at)).toBe(plaintext);
    expect(refusalOf(() => open(moved, {}, at))).toBe('undecryptable');
  });

  it.each([
    ['without its padding', (base64: string) => base64.replace(/=+$/, ''), 'undecryptable'],
    ['with more padding', (base64: string) => `${base64}=`, 'undecryptable'],
    ['with a line break', (base64: string) => `${base64.slice(0, 64)}\r\n${base64.slice(64)}`, 'unreadable-envelope'],
    [
      'in the alphabet for URLs',
      (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_'),
      'unreadable-envelope',
    ],
    ['with a stray character', (base64: string) => `${base64.slice(0, 10)}*${base64.slice(10)}`, 'unreadable-envelope'],
    ['cut', (base64: string) => base64.slice(0, -4), 'undecryptable'],
    ['of nothing', () => '', 'undecryptable'],
  ])('so a ciphertext has one spelling, and is refused %s', (_, respell, reason) => {
    const bodies = Array.from({ length: 20 }, (__, n) => sealed(`{"n":${n}}`));
    const body = bodies.find(({ encrypt }) => /\+/.test(encrypt) && /\/.*=$/.test(encrypt)) as (typeof bodies)[0];
    expect(refusalOf(() => open(signed(respell(body.encrypt), {})))).toBe(reason);
  });
});

describe('the intake as the sender and the log see it', () => {
  const CANARY = '身份证号 330102199001011234';
  const lines: string[] = [];
  const notReached = () => {
    throw new Error('nothing unauthentic is stored');
  };
  const deps = {
    settings: async () => readSettings(IntakeSettingsSchema, 'tenant', INTAKE),
    now: () => NOW,
    log: createLog(
      (line) => lines.push(line),
      () => NOW,
    ),
    events: { get: notReached, put: notReached },
    queue: { send: notReached },
  } as unknown as IntakeDeps;
  const handler = createHandler(deps);
  const post = (body: unknown) =>
    handler({
      requestContext: { http: { method: 'POST', sourceIp: '127.0.0.1' } },
      pathParameters: { tenant: 'local' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    } as unknown as Parameters<typeof handler>[0]);
  const envelope = (body: unknown) => ({ id: CANARY, event: 'CRM_MERGE', action: 'CRM_CONTACT_MERGED', body });

  const unauthentic = {
    'bad-signature': { ...sealed(CANARY), msgSignature: '0'.repeat(40) },
    undecryptable: sealedBytes(framed(CANARY, { says: 0 })),
    'foreign-receive-id': sealed(CANARY, { receiveId: CANARY }),
    'too-old': sealed(CANARY, { timestamp: '1686107367' }),
    'missing-signature-fields': { encrypt: CANARY },
    'plain-text-off': { remark: CANARY },
  };

  it('promise 1: one answer for everything that is not provably the sender’s, so that it does not tell which', async () => {
    const answers = await Promise.all(Object.values(unauthentic).map((body) => post(envelope(body))));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ statusCode: 401, body: '{"code":0,"msg":"处理失败"}' });
  });

  it.each(Object.entries(unauthentic))('promise 11: the log says %s and nothing of the event', async (reason, body) => {
    lines.length = 0;
    await post(envelope(body));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 'warn', reason });
    expect(lines[0]).not.toMatch(/330102|身份证|1686107367|nonce/);
  });

  it.each(Object.entries(unauthentic).filter(([reason]) => reason !== 'plain-text-off'))(
    'promise 11: the error of %s carries no content',
    (reason, body) => {
      const refusal = refusedWith(() => {
        const read = readEnvelope(JSON.stringify(envelope(body))) as { sealed: SealedBody };
        open(read.sealed);
      });
      expect(refusal.reason).toBe(reason);
      expect(`${refusal.message} ${refusal.stack} ${JSON.stringify(refusal)}`).not.toMatch(/330102|身份证/);
    },
  );
});

it('promise 1: the signature is checked before anything is decrypted', () => {
  const decipher = jest.spyOn(crypto, 'createDecipheriv');
  const body = { ...sealedBytes(randomBytes(64)), msgSignature: '0'.repeat(40) };
  expect(refusalOf(() => open(body))).toBe('bad-signature');
  expect(decipher).not.toHaveBeenCalled();
  expect(open(sealed('{}'))).toBe('{}');
  expect(decipher).toHaveBeenCalledTimes(1);
  decipher.mockRestore();
});

function refusedWith(act: () => unknown): CallbackRefused {
  try {
    act();
  } catch (error) {
    if (error instanceof CallbackRefused) return error;
    throw error;
  }
  throw new Error('was not refused');
}
