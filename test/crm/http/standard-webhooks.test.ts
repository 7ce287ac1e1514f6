import { createHmac, randomBytes } from 'node:crypto';
import {
  isPublishedSecret,
  newWebhookSecret,
  signWebhook,
  webhookId,
  webhookKeys,
} from '../../../lib/crm/http/standard-webhooks.ts';
import { ConfigError } from '../../../lib/errors.ts';

// From the reference library: github.com/standard-webhooks/standard-webhooks, javascript, "sign function works".
const REFERENCE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  message: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('signing a webhook', () => {
  it('gives the signature of the reference library', () => {
    expect(signWebhook(REFERENCE.message, webhookKeys(REFERENCE.secret))).toBe(REFERENCE.signature);
  });

  it('signs with every key while one is being replaced, the first key first', () => {
    const nextKey = 'the next key, of 24 bytes at least';
    const keys = webhookKeys(`${REFERENCE.secret} whsec_${Buffer.from(nextKey).toString('base64')}`);
    const [first, second, ...more] = signWebhook(REFERENCE.message, keys).split(' ');
    expect(first).toBe(REFERENCE.signature);
    const { id, timestamp, body } = REFERENCE.message;
    const expected = createHmac('sha256', nextKey).update(`${id}.${timestamp}.${body}`).digest('base64');
    expect(second).toBe(`v1,${expected}`);
    expect(more).toEqual([]);
  });

  it('signs the UTF-8 bytes of the body', () => {
    const body = '{"name":"张三"}';
    const key = Buffer.alloc(24, 'k');
    const expected = createHmac('sha256', key)
      .update(Buffer.from(`a.1.${body}`, 'utf8'))
      .digest('base64');
    expect(signWebhook({ id: 'a', timestamp: 1, body }, [key])).toBe(`v1,${expected}`);
  });
});

describe('the secret', () => {
  it('is base64 behind whsec_, with the reference library’s bytes', () => {
    expect(webhookKeys(REFERENCE.secret)).toEqual([Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64')]);
  });

  const ofBytes = (count: number) => Buffer.alloc(count, 'key').toString('base64');

  it.each([24, 32, 64])('has %i bytes', (count) => {
    expect(webhookKeys(`whsec_${ofBytes(count)}`)).toEqual([Buffer.alloc(count, 'key')]);
  });

  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    ['x', 'does not begin with whsec_'],
    ['correct horse battery staple', 'does not begin with whsec_'],
    [ofBytes(32), 'does not begin with whsec_'],
    [`WHSEC_${ofBytes(32)}`, 'does not begin with whsec_'],
    [`v1,whsec_${ofBytes(32)}`, 'leave that away'],
    ['whsec_', 'has 0 bytes'],
    ['whsec_a', 'not base64'],
    ['whsec_not*base64*', 'not base64'],
    [`whsec_${ofBytes(32).replace('=', '')}`, 'its = at the end included'],
    [`whsec_${Buffer.alloc(32, 255).toString('base64url')}`, 'not base64'],
    [`whsec_${ofBytes(23)}`, 'has 23 bytes'],
    [`whsec_${ofBytes(65)}`, 'has 65 bytes'],
    [`whsec_${ofBytes(32)} ${ofBytes(32)}`, 'does not begin with whsec_'],
  ])('in any other form is refused in words, and not quoted: %j', (secret, words) => {
    const attempt = () => webhookKeys(secret);
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(words);
    expect(attempt).toThrow('keygen --webhook');
    if (secret.length > 8) expect(attempt).not.toThrow(secret.slice(-8));
  });

  it('can be made, and another one each time', () => {
    const [one, other] = [newWebhookSecret(randomBytes), newWebhookSecret(randomBytes)];
    expect(webhookKeys(one)[0]).toHaveLength(32);
    expect(one).not.toBe(other);
    expect(isPublishedSecret(one)).toBe(false);
  });

  it.each([REFERENCE.secret, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', `whsec_${Buffer.alloc(32).toString('base64')}`])(
    'is none when it stands in published examples, or is one byte over and over: %s',
    (secret) => {
      expect(isPublishedSecret(secret)).toBe(true);
    },
  );
});

describe('the webhook id', () => {
  it('is the idempotency key itself when that is an ordinary word', () => {
    expect(webhookId('5f0c3a52-7d6e-4f7c-9a3e-000000000001_2')).toBe('5f0c3a52-7d6e-4f7c-9a3e-000000000001_2');
  });

  it.each(['a.b', '事件', 'a b', 'a\r\nx-evil: 1', '', 'x'.repeat(201)])(
    'is a digest of a key that could not stand in a header or be signed unambiguously: %j',
    (key) => {
      expect(webhookId(key)).toMatch(/^sha256_[0-9a-f]{64}$/);
      expect(webhookId(key)).toBe(webhookId(key));
      expect(webhookId(key)).not.toBe(webhookId(`${key}.`));
    },
  );
});
